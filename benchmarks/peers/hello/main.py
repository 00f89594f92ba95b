"""The floor: what functions-framework takes to answer anything at all.

After the hello-world of its README: https://github.com/GoogleCloudPlatform/functions-framework-python
"""

import flask
import functions_framework


@functions_framework.http
def hello(request: flask.Request) -> flask.typing.ResponseReturnValue:
    return "Hello world!"
