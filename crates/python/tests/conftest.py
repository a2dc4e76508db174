"""One thread, so that tests do not wait for each other."""

try:
    import torch
except ImportError:
    pass
else:
    torch.set_num_threads(1)
