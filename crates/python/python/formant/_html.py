"""One page of a report, which needs no other file and no network."""

from __future__ import annotations

import io
from html import escape

from ._report import RELATIONS, Layer, Relation, Report, _number

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 76rem; padding: 0 1rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; white-space: nowrap; }
th, td { padding: .2rem .7rem; border-bottom: 1px solid var(--line); text-align: right; }
th:first-child, td:first-child { text-align: left; }
td.above { font-weight: 600; }
td[title] { cursor: help; }
tbody tr:hover { background: var(--soft); }
svg { max-width: 100%; height: auto; background: #fff; }
"""


def page(report: Report) -> str:
    """The page as text."""
    parts = [
        "<h1>Alignment of representations, gradients and weights</h1>",
        _table(report),
        "<p>α of samples at unit norm: the Pearson correlation of the entries of two matrices. Bold: above the 95 % quantile of "
        "its null. Hover over a value for its null, its place between null and 1, and its interval over batches.</p>",
        _picture(report),
        _list("What to know before the numbers mean anything", report.warnings),
        _list("Not measured", [f"{layer.name} ({layer.kind}): {layer.reason}" for layer in report.unmeasured]),
        _list("How it was measured", report.notes),
    ]
    head = f"<meta charset='utf-8'><meta name='viewport' content='width=device-width'><title>formant</title><style>{STYLE}</style>"
    return f"<!doctype html><html lang='en'><head>{head}</head><body>{''.join(parts)}</body></html>\n"


def _table(report: Report) -> str:
    heads = ["layer", "d_a → d_b", "samples", *RELATIONS.values(), "effective rank of Z"]
    rows = "".join(_row(layer) for layer in report)
    header = "".join(f"<th scope='col'>{escape(head)}</th>" for head in heads)
    return f"<div class='wide'><table><thead><tr>{header}</tr></thead><tbody>{rows}</tbody></table></div>"


def _row(layer: Layer) -> str:
    d_b, d_a = layer.shape
    cells = [layer.name, f"{d_a} → {d_b}", f"{layer.samples} {layer.axis}"]
    plain = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    relations = "".join(_cell(relation) for relation in layer.alpha.values())
    return f"<tr>{plain}{relations}<td>{_number(layer.effective_rank['z_a'])}</td></tr>"


def _cell(relation: Relation) -> str:
    parts = [
        f"null {_number(relation.null)}, 95 % quantile {_number(relation.null_q95)}",
        f"calibrated {_number(relation.calibrated)}",
        f"95 % interval {_number(relation.low)} to {_number(relation.high)}",
    ]
    above = " class='above'" if relation.above_null else ""
    return f"<td{above} title='{escape('; '.join(parts))}'>{_number(relation.value)}</td>"


def _list(title: str, lines: list[str]) -> str:
    if not lines:
        return ""
    items = "".join(f"<li>{escape(line)}</li>" for line in lines)
    return f"<h2>{escape(title)}</h2><ul>{items}</ul>"


def _picture(report: Report) -> str:
    if not len(report):
        return ""
    try:
        figure = report.plot("alpha")
    except ImportError:
        return ""
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg")
    svg = buffer.getvalue()
    return svg[svg.index("<svg") :]
