"""How wide, with colour or not, with which characters: told to a renderer, never asked by it."""

from vmadvisor.records import dataclass

DEFAULT_WIDTH_COLUMNS = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """``is_unicode`` false keeps to ASCII, for terminals and pipes of another encoding."""

    width_columns: int = DEFAULT_WIDTH_COLUMNS
    has_color: bool = False
    is_unicode: bool = True
