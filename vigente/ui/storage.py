"""Static files: hashed and compressed once collected, plain while developing."""

from whitenoise.storage import CompressedManifestStaticFilesStorage  # type: ignore[import-untyped]


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed names when they have been collected; the plain name otherwise, so nothing must be built to run.

    The scripts are ES modules: their `import "./x.js"` lines are rewritten to the hashed names too.
    """

    manifest_strict = False
    support_js_module_import_aggregation = True

    def stored_name(self, name: str) -> str:
        """The hashed name, or the plain one for a file that was never collected."""
        try:
            stored: str = super().stored_name(name)
        except ValueError:
            return name
        return stored
