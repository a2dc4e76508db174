"""One call on a model and its loader."""

from __future__ import annotations

import random
from contextlib import contextmanager
from typing import Any, Callable, Iterable, Iterator

import numpy as np
import torch
from torch import Tensor, nn

from ._loss import SummedLoss, _cut, _has
from ._probe import GROUPS, Probe, _tensors
from ._report import Report


def measure(
    model: nn.Module,
    loader: Iterable[Any],
    loss: Callable[[Any, Any], Tensor] | None = None,
    *,
    layers: str | Iterable[str] = "*",
    skip: str | Iterable[str] = (),
    reduction: str = "auto",
    forward: Callable[[nn.Module, Any], Any] | None = None,
    mask: str | Callable[[Any], Tensor] | None = None,
    batches: int | None = None,
    groups: int | None = None,
    keep: int = 1000,
    max_memory: int | None = None,
    rows_per_batch: int | None = None,
    statistics: str = "all",
    null_draws: int | None = None,
    null_seed: int = 0,
) -> Report:
    """Runs a model over samples, and measures every linear map of it.

    The model runs in evaluation mode, and is left as it was: training mode, ``requires_grad``, gradients of parameters, random
    state, forward passes of its modules, also after an exception. Take samples that it was not trained on, several times as
    many as layers are wide.

    Args:
        model: any ``torch.nn.Module``.
        loader: batches ``(x, y)`` or ``(x1, x2, ..., y)``, called as ``model(x)`` or ``model(x1, x2, ...)``; dictionaries are
            called by keyword. Tensors are moved to the model's device. One batch in a list will do.
        loss: ``loss(output, y)``, with a sum, a mean or one loss a sample; for dictionaries ``loss(output, batch)``. Without one,
            ``output.loss`` is taken, as Hugging Face's models have it. Weight decay does not belong into it.
        layers, skip: globs of the names of modules, one or several.
        reduction: of the loss: ``"mean"``, ``"sum"``, ``"none"``, or ``"auto"``, which asks ``loss.reduction``, or compares the
            loss of the first batch with those of its halves. The report's notes say what was done.
        forward: ``forward(model, batch)`` gives the output, where the model is called in another way.
        mask: which samples to take: a key of the batch, or a function of it that gives ``[examples, tokens]`` or ``[examples]``.
            The key ``attention_mask`` is used by itself where a batch has it; ``mask=lambda batch: None`` takes all.
        batches: how many at most.
        groups: disjoint groups of batches, from which intervals are made; 8 where that fits into 1 GiB, else 1.
        keep: samples of each layer that are kept to compare networks, the first ones.
        max_memory: bytes that moments and statistics may take, half of the machine's if ``None``.
        rows_per_batch: most samples of a layer that are taken of a batch, evenly spaced; all if ``None``.
        statistics: ``"all"``, or ``"summary"``: the relations of samples at unit norm with their nulls and intervals, in about a
            quarter of the time.
        null_draws: rotations of the null, at least 2; by width if ``None``.
        null_seed: seed of the rotations.

    Raises:
        ValueError: if samples of a batch depend on each other: batch statistics, or a loss that couples them.
    """
    summed = SummedLoss(loss, reduction)
    probe = Probe(
        model,
        layers=layers,
        skip=skip,
        reduction="sum",
        groups=groups,
        keep=keep,
        max_memory=max_memory,
        rows_per_batch=rows_per_batch,
        statistics=statistics,
    )
    device = next((tensor.device for tensor in model.parameters()), torch.device("cpu"))
    run = _call if forward is None else forward
    with _as_it_was(model), torch.inference_mode(False), torch.enable_grad():
        count = 0
        for batch in loader:
            if batches is not None and count == batches:
                break
            batch = _mapped(batch, lambda x: x.to(device))
            if count == 0:
                probe.check_norms()
                _check_independent(probe.model, batch, run)
                probe._pieces = _pieces(loader, batches)
                probe.__enter__()
            try:
                probe.mask = _mask(mask, batch, probe)
                output = run(probe.model, batch)
                total = summed(output, _target(batch), probe._examples)
                if not total.requires_grad:
                    raise ValueError("the loss does not depend on any layer that was chosen")
                total.backward()
            except BaseException:
                probe.__exit__()
                raise
            count += 1
        probe.__exit__()
    if count == 0:
        raise ValueError("the loader gave no batch")
    probe._note(summed.note or "")
    return probe.report(null_draws=null_draws, null_seed=null_seed)


def _call(model: nn.Module, batch: Any) -> Any:
    if isinstance(batch, dict) or hasattr(batch, "keys"):
        return model(**batch)
    if isinstance(batch, (tuple, list)):
        inputs = batch[:-1] if len(batch) > 1 else batch
        return model(**inputs[0]) if len(inputs) == 1 and isinstance(inputs[0], dict) else model(*inputs)
    return model(batch)


def _target(batch: Any) -> Any:
    return batch[-1] if isinstance(batch, (tuple, list)) else batch


def _mask(mask: Any, batch: Any, probe: Probe) -> Tensor | None:
    inputs = batch[0] if isinstance(batch, (tuple, list)) else batch
    if callable(mask):
        return mask(batch)
    if mask is not None:
        return inputs[mask]
    if hasattr(inputs, "keys") and "attention_mask" in inputs.keys():
        found = inputs["attention_mask"]
        if found.dim() == 2:
            probe._note("tokens whose attention_mask is 0 were left out")
            return found
    return None


def _pieces(loader: Any, batches: int | None) -> int:
    """Into how many groups a batch goes: several only where batches are too few for each group to have one."""
    try:
        count = len(loader)
    except TypeError:
        return 1
    count = count if batches is None else min(count, batches)
    return 1 if count >= GROUPS else -(-GROUPS // max(count, 1))


def _check_independent(model: nn.Module, batch: Any, run: Callable[[nn.Module, Any], Any]) -> None:
    """An error if an example has another output in half of the batch."""
    tensors = _tensors(batch)
    n = tensors[0].shape[0] if tensors and tensors[0].dim() else 0
    if n < 4 or not _has(batch, n):
        return
    with torch.no_grad():
        try:
            whole, half = (_outputs(model, batch, run, slice(None, end)) for end in (n, n // 2))
        except Exception:
            return  # A model that takes no half batches is not checked.
        if not _differ(whole, half, n):
            return
        # Random outputs differ in any case, and nothing can be told.
        if not _differ(whole, [x[: n // 2] for x in _outputs(model, batch, run, slice(None, n)) if x.dim()], n):
            raise ValueError(
                "an example has another output in half of the batch: something in the model mixes samples, so that none has a "
                "gradient of its own"
            )


def _outputs(model: nn.Module, batch: Any, run: Callable[[nn.Module, Any], Any], part: slice) -> list[Tensor]:
    """Of copies, because a model may change its inputs in place."""
    n = _tensors(batch)[0].shape[0]
    output = run(model, _mapped(_cut(batch, n, part), torch.clone))
    return [x for x in _tensors(dict(output) if hasattr(output, "keys") else output) if x.dim()]


def _differ(whole: list[Tensor], half: list[Tensor], n: int) -> bool:
    """Whether examples of the first half have other outputs than among all, by more than rounding."""
    for x, y in zip(whole, half):
        if x.shape[0] == n and y.shape == (n // 2, *x.shape[1:]):
            x, y = x[: n // 2].float(), y.float()
            if (x - y).abs().mean() > 0.05 * (x.abs().mean() + 1e-12):
                return True
    return False


def _mapped(tree: Any, change: Callable[[Tensor], Tensor]) -> Any:
    if isinstance(tree, Tensor):
        return change(tree)
    if hasattr(tree, "keys"):
        return {key: _mapped(tree[key], change) for key in tree.keys()}
    if isinstance(tree, (tuple, list)):
        return tuple(_mapped(part, change) for part in tree)
    return tree


@contextmanager
def _as_it_was(model: nn.Module) -> Iterator[None]:
    """Evaluation mode and no gradients of parameters; then everything as before, the random state too."""
    training = [(module, module.training) for module in model.modules()]
    needed = [(parameter, parameter.requires_grad) for parameter in model.parameters()]
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    devices = list(range(torch.cuda.device_count())) if torch.cuda.is_initialized() else []
    cuda = [torch.cuda.get_rng_state(device) for device in devices]
    try:
        model.eval()
        for parameter, _ in needed:
            if parameter.is_leaf:
                parameter.requires_grad_(False)
        yield
    finally:
        for module, mode in training:
            module.training = mode
        for parameter, was in needed:
            if parameter.is_leaf:
                parameter.requires_grad_(was)
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])
        for device, state in zip(devices, cuda):
            torch.cuda.set_rng_state(state, device)
