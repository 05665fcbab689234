"""All commands of the core, in the order in which `blog --help` lists them.

Each is loaded when it is asked for: `blog serve` needs neither the importer nor the demo.
"""

COMMANDS: dict[str, str] = {
    "demo": "blog_core.cli.demo:demo",
    "init": "blog_core.cli.running:init",
    "migrate": "blog_core.cli.running:migrate",
    "serve": "blog_core.cli.running:serve",
    "worker": "blog_core.cli.running:worker",
    "check": "blog_core.cli.running:check",
    "user": "blog_core.cli.users:user",
    "token": "blog_core.cli.tokens:token",
    "webhook": "blog_core.cli.webhooks:webhook",
    "import": "blog_core.cli.archive:import_",
    "export": "blog_core.cli.archive:export",
    "seed": "blog_core.cli.archive:seed",
    "backup": "blog_core.cli.backup:backup",
    "restore": "blog_core.cli.backup:restore",
    "plugins": "blog_core.cli.plugins:plugins",
    "hooks": "blog_core.cli.plugins:hooks",
    "settings": "blog_core.cli.plugins:settings",
}
