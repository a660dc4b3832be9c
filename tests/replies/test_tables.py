from hypothesis import given
from hypothesis import strategies as st

from bot.replies.tables import MOST_COLUMNS, MOST_ROWS, Part


@given(st.data(), st.integers(1, 60), st.integers(1, 30))
def test_a_part_holds_the_cells_and_as_much_beside_them_as_there_is_room_for(
    data: st.DataObject, rows: int, columns: int
) -> None:
    cells = data.draw(st.lists(st.tuples(st.integers(0, rows - 1), st.integers(0, columns - 1)), max_size=6))
    part = Part.around(cells, rows, columns)
    assert len(part.rows) == min(rows, MOST_ROWS)
    assert len(part.columns) == min(columns, MOST_COLUMNS)
    assert list(part.rows) == sorted(set(part.rows) & set(range(rows)))
    assert {row for row, _ in cells} <= set(part.rows)
    assert {0, *(column for _, column in cells)} <= set(part.columns)


def test_a_single_cell_stands_in_the_middle() -> None:
    part = Part.around([(50, 3)], 100, 4)
    assert part == Part(tuple(range(44, 56)), (0, 1, 2, 3))
