"""A finite automaton over word classes.

The rows of all rules form a tree; the states of the automaton are sets of its nodes and are made when a
text first needs them. One token is one step by one dictionary look-up, there is no backtracking, and a
row has at most 24 elements: the work is linear in the number of tokens for every text.
"""

from timeline.dates.rules import Sequence


class _Node:
    __slots__ = ("accepts", "children")

    def __init__(self) -> None:
        self.children: dict[str, _Node] = {}
        self.accepts: list[Sequence] = []


class State:
    """A state: ``steps`` maps a signature to the next state, or None where no rule goes on."""

    __slots__ = ("accepts", "expected", "nodes", "steps")

    def __init__(self, nodes: tuple[_Node, ...]) -> None:
        self.nodes = nodes
        self.expected = frozenset(element for node in nodes for element in node.children)
        self.steps: dict[int, State | None] = {}
        found = [sequence for node in nodes for sequence in node.accepts]
        if len(found) > 1:
            found.sort(key=lambda s: (-(s.last - s.first), s.rule.order))
        self.accepts = tuple(found)


class Automaton:
    """Compiles rows of classes; ``start`` is where every match begins."""

    def __init__(self, sequences: list[Sequence]) -> None:
        root = _Node()
        for sequence in sequences:
            node = root
            for element in sequence.row:
                following = node.children.get(element)
                if following is None:
                    following = node.children[element] = _Node()
                node = following
            node.accepts.append(sequence)
        self._signatures: dict[frozenset[str], int] = {frozenset(): 0}
        self._classes: list[frozenset[str]] = [frozenset()]
        self._states: dict[frozenset[_Node], State] = {}
        self.start = State((root,))
        self.start.steps[0] = None

    def signature(self, classes: frozenset[str]) -> int:
        """The number that stands for a set of classes; 0 is no class at all."""
        number = self._signatures.get(classes)
        if number is None:
            number = len(self._classes)
            self._classes.append(classes)
            self._signatures[classes] = number
        return number

    def step(self, state: State, signature: int) -> State | None:
        """The state after one more token; made on first use."""
        classes = self._classes[signature]
        if classes.isdisjoint(state.expected):
            state.steps[signature] = None
            return None
        nodes: list[_Node] = []
        for node in state.nodes:
            children = node.children
            if len(classes) < len(children):
                nodes += [children[c] for c in classes if c in children]
            else:
                nodes += [child for c, child in children.items() if c in classes]
        key = frozenset(nodes)
        following = self._states.get(key)
        if following is None:
            following = self._states[key] = State(tuple(nodes))
        state.steps[signature] = following
        return following
