"""The size budgets of DESIGN section 4: small files and small functions, measured over the product."""

import ast
import statistics

LONGEST_FILE = 500
FILE_MEDIAN = 100
FILE_90TH = 300
LONGEST_FUNCTION = 60
FUNCTION_90TH = 35
TEMPLATE_90TH = 100


def _percentile_90(sizes):
    return statistics.quantiles(sizes, n=10, method="inclusive")[8] if len(sizes) > 1 else sizes[0]


def _own(product):
    # Migrations are written by Django, and never changed once they have run somewhere.
    return [file for file in product if "migrations" not in file.path.parts]


def _functions(file):
    for node in ast.walk(file.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node, node.end_lineno - node.lineno + 1


def test_no_file_is_longer_than_500_lines(product):
    assert [f for f in _own(product) if len(f.text.splitlines()) > LONGEST_FILE] == []


def test_files_are_short_by_median_and_90th_percentile(product):
    sizes = [len(file.text.splitlines()) for file in _own(product) if file.text.strip()]
    assert statistics.median(sizes) < FILE_MEDIAN
    assert _percentile_90(sizes) < FILE_90TH


def test_no_function_is_longer_than_60_lines(product):
    long = [
        f"{file.at(node)} {node.name}: {length} lines"
        for file in _own(product)
        for node, length in _functions(file)
        if length > LONGEST_FUNCTION
    ]
    assert long == []


def test_functions_are_short_by_90th_percentile(product):
    assert (
        _percentile_90([length for file in _own(product) for _, length in _functions(file)]) < FUNCTION_90TH
    )


def test_templates_are_short_by_90th_percentile(repository):
    templates = [
        path
        for path in (repository / "src" / "rebook").rglob("*.html")
        if "static" not in path.parts and path.read_text().strip()
    ]
    sizes = [len(path.read_text().splitlines()) for path in templates]
    assert not sizes or _percentile_90(sizes) < TEMPLATE_90TH
