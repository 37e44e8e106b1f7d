"""What is wrong with a text that is no JSON, in words for whoever wrote it."""

from json import JSONDecodeError

#: How much of what stands before a mistake shows where it is.
_BEFORE = 20
#: By how Python's message begins: it has another for each version and mistake.
_WORDS = {
    "Expecting value": (
        "a value is missing here or written wrong. Texts need double quotes, and true, false and "
        "null are in small letters"
    ),
    "Expecting property name": (
        "the name of a field has to come here, in double quotes, or there is a comma too many"
    ),
    "Illegal trailing comma": "there is a comma too many",
    "Expecting ':'": "a colon is missing here",
    "Expecting ','": "a comma or a closing bracket is missing here",
    "Extra data": "the JSON has ended before this, and something follows",
    "Unterminated string": "the text that begins here has no closing double quote",
    "Invalid control character": (
        "a line break or a tab stands within a text: write \\n or \\t instead"
    ),
    "Invalid \\u": "what follows a backslash and a u has to be four digits of 0 to 9 and a to f",
    "Invalid \\": "a backslash here has to be written twice, as \\\\",
}


def in_words(problem: JSONDecodeError) -> str:
    """What is wrong, without anything of the text itself."""
    said = problem.msg
    return next((words for begins, words in _WORDS.items() if said.startswith(begins)), said)


def where(problem: JSONDecodeError) -> str:
    """``line 3, after “"address":”``, since fields in Slack have no numbers at their lines."""
    before = problem.doc[: problem.pos].rpartition("\n")[2].rstrip()
    if not before:
        return f"line {problem.lineno}, at its beginning"
    shown = before if len(before) <= _BEFORE else f"…{before[-_BEFORE:]}"
    return f"line {problem.lineno}, after “{shown.strip()}”"
