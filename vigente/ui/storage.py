"""Static files: hashed and compressed once collected, plain while developing."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed names when they have been collected; the plain name otherwise, so nothing must be built to run."""

    manifest_strict = False
