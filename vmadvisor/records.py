"""``@dataclass`` for frozen keyword-only records, without what the standard one costs at import.

That one compiles six methods for every class while its module is imported (0.7 ms of CPU for a record of
nine fields against 0.05 ms here), and its own module loads ``inspect``, ``ast`` and ``dis``: a quarter of
the memory that ``check`` would ask of a host that has none. Here the six are written once and shared, and
``dataclasses`` is loaded when it is asked about a record. Fields, defaults, ``replace``, ``asdict``,
equality, hash, ``repr``, copies and errors are those of the standard decorator, and to a type checker it
*is* that one. A new record costs 2 us either way.
"""

from collections.abc import Callable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from dataclasses import dataclass, field, replace
    from typing import Any, Protocol

    class _Record(Protocol):
        __record_names__: tuple[str, ...]

else:

    def dataclass(*, frozen: bool, slots: bool, kw_only: bool) -> Callable[[type], type]:
        """Makes a record; the flags are there so that a class reads like any other dataclass.

        >>> @dataclass(frozen=True, slots=True, kw_only=True)
        ... class Point:
        ...     '''Where.'''
        ...     x_count: int
        ...     y_count: int = 2
        >>> Point(x_count=1)
        Point(x_count=1, y_count=2)
        """
        if not (frozen and slots and kw_only):
            raise TypeError("a record is frozen, has slots and takes keywords only")
        return _record

    def field(*, default_factory: Callable[[], object]) -> "_Made":
        """A default that every record gets anew."""
        return _Made(default_factory)

    def replace(record: object, **changes: object) -> object:
        """The same record but for ``changes``."""
        return type(record)(**dict(zip(names(record), _values(record), strict=True)) | changes)


__all__ = ["dataclass", "field", "names", "replace"]


class _Made:
    """As much of ``dataclasses.Field`` as a record can have."""

    __slots__ = ("default_factory",)

    def __init__(self, default_factory: Callable[[], object]) -> None:
        self.default_factory = default_factory


def names(value: object) -> tuple[str, ...] | None:
    """A record's fields in order; ``None`` for anything else.

    >>> names(3) is None
    True
    """
    found: tuple[str, ...] | None = getattr(type(value), "__record_names__", None)
    return found


class _Standard:
    """What ``dataclasses`` looks for in a class, made by itself, once it looks."""

    __slots__ = ("_name", "_plain")

    def __init__(self, plain: type, name: str) -> None:
        self._plain = plain
        self._name = name

    def __get__(self, instance: object, owner: type) -> object:
        import dataclasses

        plain = self._plain
        if "__dataclass_fields__" not in plain.__dict__:
            for name, value in list(plain.__dict__.items()):
                if isinstance(value, _Made):
                    made = dataclasses.field(default_factory=value.default_factory)
                    setattr(plain, name, made)
            dataclasses.dataclass(init=False, repr=False, eq=False, kw_only=True)(plain)
        return getattr(plain, self._name)


def _record(plain: type) -> type:
    if hasattr(plain, "__record_names__"):
        raise TypeError("a record does not extend another")
    own = tuple(plain.__annotations__)
    body = {
        name: value
        for name, value in plain.__dict__.items()
        if name not in {*own, "__dict__", "__weakref__"}
    }
    body |= {
        "__slots__": own,
        "__record_names__": own,
        "__dataclass_fields__": _Standard(plain, "__dataclass_fields__"),
        "__dataclass_params__": _Standard(plain, "__dataclass_params__"),
        "__match_args__": (),
        "__repr__": _repr,
        "__eq__": _eq,
        "__hash__": _hash,
        "__setattr__": _refuse_assignment,
        "__delattr__": _refuse_deletion,
        "__getstate__": _values,
        "__setstate__": _restore,
    }
    made: Any = type(plain)(plain.__name__, plain.__bases__, body)
    made.__init__ = _init_for(made, {n: plain.__dict__[n] for n in own if n in plain.__dict__})
    return made  # type: ignore[no-any-return]


def _init_for(made: "type[_Record]", given_defaults: dict[str, object]) -> Callable[..., None]:
    # A slot's own setter is the only way past _refuse_assignment, and faster than object.__setattr__.
    setters = [(name, getattr(made, name).__set__) for name in made.__record_names__]
    defaults: dict[str, object] = {}
    factories: dict[str, Callable[[], object]] = {}
    for name, value in given_defaults.items():
        if hasattr(value, "default_factory"):  # field()'s, ours or the standard one's
            factories[name] = value.default_factory
        else:
            defaults[name] = value

    def __init__(self: object, **given: object) -> None:  # noqa: N807 - becomes the class's own
        values = given
        if len(given) != len(setters):
            values = {**defaults, **{name: make() for name, make in factories.items()}, **given}
        try:
            for name, set_slot in setters:
                set_slot(self, values[name])
        except KeyError as missing:
            raise TypeError(f"{made.__name__}() needs the keyword {missing}") from None
        if len(values) != len(setters):
            unknown = ", ".join(sorted(given.keys() - set(made.__record_names__)))
            raise TypeError(f"{made.__name__}() got unexpected keywords: {unknown}")

    return __init__


def _values(self: "_Record") -> tuple[object, ...]:
    return tuple(getattr(self, name) for name in self.__record_names__)


def _restore(self: "_Record", values: tuple[object, ...]) -> None:
    for name, value in zip(self.__record_names__, values, strict=True):
        object.__setattr__(self, name, value)


def _repr(self: "_Record") -> str:
    shown = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__record_names__)
    return f"{type(self).__qualname__}({shown})"


def _eq(self: "_Record", other: "_Record") -> bool:
    return _values(self) == _values(other) if type(other) is type(self) else NotImplemented


def _hash(self: "_Record") -> int:
    return hash(_values(self))


def _refuse_assignment(_self: object, name: str, _value: object) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _refuse_deletion(_self: object, name: str) -> None:
    from dataclasses import FrozenInstanceError

    raise FrozenInstanceError(f"cannot delete field {name!r}")
