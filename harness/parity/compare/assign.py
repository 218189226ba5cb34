"""Pairing what may be paired at a cost each."""

from __future__ import annotations


def assigned(members: list[int], others: list[int], costs: dict[int, dict[int, float]]) -> list[tuple[int, int]]:
    """The pairing of least total cost; of equal ones the one that keeps the order."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    impossible = 1e6
    matrix = np.full((len(members), len(others)), impossible)
    places = {j: column for column, j in enumerate(sorted(others))}
    for row, i in enumerate(members):
        for j, cost in costs[i].items():
            matrix[row, places[j]] = cost + 1e-9 * abs(row - places[j])
    ordered = sorted(others)
    rows, columns = linear_sum_assignment(matrix)
    return [
        (members[row], ordered[column])
        for row, column in zip(rows, columns, strict=True)
        if matrix[row, column] < impossible
    ]


def greedy(members: list[int], costs: dict[int, dict[int, float]]) -> list[tuple[int, int]]:
    """The pairing that takes the cheapest pair first; of equal ones the one that keeps the order."""
    edges = sorted((cost, abs(i - j), i, j) for i in members for j, cost in costs[i].items())
    taken: set[int] = set()
    given: set[int] = set()
    pairs = []
    for _, _, i, j in edges:
        if i not in taken and j not in given:
            taken.add(i)
            given.add(j)
            pairs.append((i, j))
    return pairs
