"""What anybody may know of this installation under `/.well-known` (RFC 8615)."""

from flask import Flask, Response, jsonify


def serve(app: Flask) -> None:
    """Answer `/.well-known/jwks.json`: the public keys that verify access tokens (RFC 7517)."""

    @app.get("/.well-known/jwks.json")
    def jwks() -> Response:
        reply = jsonify({"keys": [key.jwk for key in app.extensions["token_key"].living()]})
        reply.cache_control.max_age = 300
        reply.cache_control.public = True
        return reply
