"""All extensions, put in place before ministack serves its first request."""

from local.aws import (
    authority,
    buses,
    callbacks,
    counts,
    descriptions,
    function_urls,
    lambda_errors,
    lambda_lifetime,
    nested,
    principals,
    queues,
    redrive,
    runs,
    streams,
    tables,
    trail,
)


def install() -> None:
    """Raises UnknownMinistackError before anything is served by a ministack we don't know."""
    for extension in (
        runs,
        redrive,
        descriptions,
        callbacks,
        nested,
        lambda_errors,
        lambda_lifetime,
        function_urls,
        streams,
        tables,
        queues,
        buses,
        principals,
        trail,
        counts,
        authority,
    ):
        extension.install()
