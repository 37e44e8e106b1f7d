"""Completion for the shell, made from the commands themselves."""

from app.cli.commands import COMMANDS, PROGRAM


def script(shell: str) -> str:
    """To be read by bash or zsh. zsh reads bash's through its own bridge."""
    bridge = "autoload -U +X bashcompinit && bashcompinit\n" if shell == "zsh" else ""
    names = {
        "@program@": PROGRAM,
        "@commands@": " ".join(command.name for command in COMMANDS),
        "@file_options@": "|".join(sorted(_file_options())),
        "@value_options@": "|".join(sorted(_value_options())),
        "@cases@": "\n".join(_cases()),
    }
    text = _SCRIPT
    for name, value in names.items():
        text = text.replace(name, value)
    return bridge + text


def _file_options() -> set[str]:
    return {option.name for command in COMMANDS for option in command.options if option.file}


def _value_options() -> set[str]:
    return {option.name for command in COMMANDS for option in command.options if option.value}


def _cases() -> list[str]:
    """What may follow each command: its options; then one of its choices, or files."""
    cases = []
    for command in COMMANDS:
        options = " ".join([*(option.name for option in command.options), "--help"])
        choices = " ".join(command.choices)
        files = "yes" if command.argument and not command.choices else ""
        cases.append(
            f'    {command.name}) options="{options}"; choices="{choices}"; files={files!r} ;;'
        )
    return cases


# "=" stands alone among the words in bash, since it breaks them.
_SCRIPT = """\
_sfn_alerts() {
  local current="${COMP_WORDS[COMP_CWORD]}" before="${COMP_WORDS[COMP_CWORD-1]}"
  local command="${COMP_WORDS[1]}" options choices files
  local IFS=$' \\t\\n'
  COMPREPLY=()
  if [ "$current" = "=" ]; then current=""; before="="; fi
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W "@commands@ --help" -- "$current"))
    return
  fi
  case "$command" in
@cases@
    *) return ;;
  esac
  case "$before" in
    @file_options@|=) files=yes; choices="" ;;
    @value_options@) return ;;
    *)
      case "$current" in
        -*) COMPREPLY=($(compgen -W "$options" -- "$current")); return ;;
      esac
      if [ -z "$current" ] && [ -z "$files" ] && [ -z "$choices" ]; then choices="$options"; fi
      ;;
  esac
  if [ -n "$choices" ]; then COMPREPLY=($(compgen -W "$choices" -- "$current")); fi
  if [ -n "$files" ]; then
    IFS=$'\\n'
    COMPREPLY=($(compgen -f -- "$current"))
    compopt -o filenames 2>/dev/null
  fi
}
complete -F _sfn_alerts @program@
"""
