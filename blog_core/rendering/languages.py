"""Languages that code blocks are coloured in: the aliases of lexers whose cost was measured.

Pygments has hundreds more; some of them take minutes for a few kilobytes made to hurt.
"""

from typing import Final

LANGUAGES: Final = frozenset(
    """
    ada apache apl asm awk bash bat c c# c++ clojure cmake coffeescript common-lisp console cpp
    crystal csharp css cython d dart diff django docker dockerfile elixir elm erl erlang fish
    fortran fsharp gdscript gherkin go golang graphql groovy haml handlebars haskell hcl html http
    ini java javascript jinja js json jsx julia kotlin latex less liquid lisp lua make makefile
    markdown md matlab meson nasm nginx nim nix objective-c ocaml octave pascal perl php plpgsql
    postgresql powershell prolog promql properties protobuf ps1 psql pug puppet py pycon python
    python3 pytb r racket rb rs rst ruby rust sass scala scheme scss sh shell shell-session
    smalltalk solidity sql sqlite3 swift systemd tcl terraform tex toml ts tsx typescript
    vb.net vbnet verilog vhdl vim vue wast xml xslt yaml yml zig zsh
    """.split()
)
