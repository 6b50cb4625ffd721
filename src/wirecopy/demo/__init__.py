"""The demo edition: fictional publishers, played on loopback, gathered like the live web."""
