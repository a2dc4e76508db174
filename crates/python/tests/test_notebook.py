"""The notebook of the guide runs, and was executed."""

import json
from pathlib import Path

import pytest

pytest.importorskip("torch")
pytest.importorskip("pandas")
pytest.importorskip("matplotlib")
NOTEBOOK = Path(__file__).parents[3] / "docs/src/guide/from-pytorch.ipynb"


def test_the_notebook_of_the_guide():
    cells = [cell for cell in json.loads(NOTEBOOK.read_text())["cells"] if cell["cell_type"] == "code"]
    assert len(cells) > 5 and any(cell["outputs"] for cell in cells)
    scope = {}
    for cell in cells:
        exec("".join(cell["source"]), scope)
    after = scope["after"]
    assert not after.unmeasured and after["2"].alpha["b_rga"].calibrated > 0.5
    assert scope["before"]["2"].alpha["b_rga"].calibrated < after["2"].alpha["b_rga"].calibrated
