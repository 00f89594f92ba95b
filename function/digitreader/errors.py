"""The tree of this project's exceptions, with the HTTP status of each.

DigitReaderError
├── RequestError                the client can correct its request
│   ├── MalformedRequest   400  the bytes are not the JSON, form or picture they claim to be
│   ├── Unauthorised       401  the API key is missing or unknown
│   ├── NotFound           404  no such path
│   │   └── UnknownPrediction   no such id, or not this session's
│   ├── MethodNotAllowed   405
│   ├── TimedOut           408  the body did not arrive completely
│   ├── TooLarge           413
│   ├── UnsupportedType    415
│   ├── WrongValue         422  the request is well-formed, but a value is invalid
│   └── TooMany            429  the caller exceeds its rate limit
├── BucketError                 the storage bucket refused an operation
│   ├── ObjectMissing
│   ├── ObjectTooLarge
│   └── PreconditionFailed      another writer was first
├── ModelUnavailable       503  no model can be served now; a retry may succeed
│   ├── BucketUnreachable
│   ├── PointerMissing
│   ├── ArtifactMissing
│   └── ArtifactCorrupt
├── StoreUnavailable       503  the results store did not acknowledge in time
│   └── NothingKept             there is no results store
├── OutOfMemory            503  the request needs more memory than is available
├── Overloaded             503  concurrent requests leave no memory or time for this one
└── SettingsError               an environment variable has an invalid value
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

_LATER = MappingProxyType({"Retry-After": "5"})


class DigitReaderError(Exception):
    """Base class of this project's exceptions.

    Attributes:
        status: HTTP status of the response.
        headers: Response headers that the status requires.
        public: Replaces `message` in the response where `message` names hosts, buckets or files.
        message: What was expected and what was received.
        field: The request's field at fault, if there is one.
        code: Stable identifier for programs.
    """

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "internal"
    public: ClassVar[str] = ""
    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(self, message: str, *, field: str | None = None, code: str | None = None) -> None:
        """Store the message; `code` defaults to the class's own."""
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code or self.default_code


class RequestError(DigitReaderError):
    """The request cannot be answered."""

    status = 400
    default_code = "bad_request"


class MalformedRequest(RequestError):
    """The bytes do not match their content type."""

    default_code = "malformed"


class Unauthorised(RequestError):
    """The API key is missing or unknown."""

    status = 401
    default_code = "unauthorised"
    headers: Mapping[str, str] = MappingProxyType({"WWW-Authenticate": "Bearer"})


class NotFound(RequestError):
    """The path does not exist."""

    status = 404
    default_code = "not_found"


class UnknownPrediction(NotFound):
    """No prediction of this session has the id."""

    default_code = "unknown_id"


class MethodNotAllowed(RequestError):
    """The path does not support the method."""

    status = 405
    default_code = "method_not_allowed"

    def __init__(self, method: str, path: str, allowed: tuple[str, ...]) -> None:
        """Name the path's `allowed` methods in the message and in the header Allow."""
        super().__init__(f"{path}: expected {' or '.join(allowed)}, got {method}")
        self.headers = {"Allow": ", ".join(allowed)}


class TimedOut(RequestError):
    """The body did not arrive completely in time."""

    status = 408
    default_code = "timed_out"


class TooLarge(RequestError):
    """A body, picture or batch exceeds its limit."""

    status = 413
    default_code = "too_large"


class UnsupportedType(RequestError):
    """The content type or picture format is not supported."""

    status = 415
    default_code = "unsupported_type"


class WrongValue(RequestError):
    """A well-formed value has a wrong shape, range or type, or an image is blank."""

    status = 422
    default_code = "wrong_value"


class TooMany(RequestError):
    """The caller exceeds its rate limit."""

    status = 429
    default_code = "too_many"

    def __init__(self, seconds: int) -> None:
        """Ask the caller to retry after `seconds`."""
        super().__init__(f"expected fewer requests or images a minute; retry in {seconds} s")
        self.headers = {"Retry-After": str(seconds)}


class BucketError(DigitReaderError):
    """The storage bucket refused an operation."""

    default_code = "bucket"


class ObjectMissing(BucketError):
    """No object has this name."""

    default_code = "object_missing"


class ObjectTooLarge(BucketError):
    """The object has more bytes than its reader accepts."""

    default_code = "object_too_large"


class PreconditionFailed(BucketError):
    """The object has another generation than expected: another writer was first."""

    default_code = "precondition_failed"


class ModelUnavailable(DigitReaderError):
    """No model can be served now."""

    status = 503
    default_code = "model_unavailable"
    public = "model: no model can be served now; retry later"
    headers: Mapping[str, str] = _LATER


class BucketUnreachable(ModelUnavailable):
    """The storage bucket does not answer or denies access."""

    default_code = "bucket_unreachable"
    public = "model: the storage bucket does not answer; retry later"


class PointerMissing(ModelUnavailable):
    """The bucket has no pointer to a live model."""

    default_code = "pointer_missing"
    public = "model: no model is published yet"


class ArtifactMissing(ModelUnavailable):
    """The pointer names a version whose artifact is not in the bucket."""

    default_code = "artifact_missing"
    public = "model: the published model's file is missing"


class ArtifactCorrupt(ModelUnavailable):
    """The artifact, its manifest or the pointer is invalid and never served."""

    default_code = "artifact_corrupt"
    public = "model: the published model is damaged and is not served"


class StoreUnavailable(DigitReaderError):
    """The results store did not acknowledge in time; the message gives the reason."""

    status = 503
    default_code = "store_unavailable"
    public = "results: the results store does not answer; retry later"
    headers: Mapping[str, str] = _LATER


class NothingKept(StoreUnavailable):
    """There is no results store."""

    public = "results: nothing is recorded because RESULTS_STORE is none"

    def __init__(self) -> None:
        """Use `public` as the message."""
        super().__init__(self.public)


class OutOfMemory(DigitReaderError):
    """The request needs more memory than is available."""

    status = 503
    default_code = "out_of_memory"
    headers: Mapping[str, str] = _LATER


class Overloaded(DigitReaderError):
    """Concurrent requests leave no memory or time for this one."""

    status = 503
    default_code = "overloaded"
    headers: Mapping[str, str] = _LATER


class SettingsError(DigitReaderError):
    """An environment variable has an invalid value."""

    default_code = "bad_setting"
