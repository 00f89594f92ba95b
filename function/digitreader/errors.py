"""Every failure that this project names, as one tree.

DigitReaderError
├── RequestError                what the client sent; the client can mend it
│   ├── MalformedRequest   400  bytes that are not the JSON, form or picture they claim to be
│   ├── Unauthorised       401  no API key where one is asked for
│   ├── NotFound           404  no such path
│   │   └── UnknownPrediction   no such id, or not this session's
│   ├── MethodNotAllowed   405
│   ├── TimedOut           408  a body that did not arrive whole
│   ├── TooLarge           413
│   ├── UnsupportedType    415
│   ├── WrongValue         422  well-formed, but not a value that can be read
│   └── TooMany            429  this caller asks more often than its limit
├── BucketError                 the storage bucket refused one operation
│   ├── ObjectMissing
│   ├── ObjectTooLarge
│   └── PreconditionFailed      another writer was first
├── ModelUnavailable       503  no model can be served now; asking again may help
│   ├── BucketUnreachable
│   ├── PointerMissing
│   ├── ArtifactMissing
│   └── ArtifactCorrupt
├── StoreUnavailable       503  the results store did not acknowledge in time
│   └── NothingKept             there is no results store
├── OutOfMemory            503  the request needs more memory than is left now
├── Overloaded             503  other requests leave no room or time for this one now
└── SettingsError               an environment variable that cannot be used
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

_LATER = MappingProxyType({"Retry-After": "5"})


class DigitReaderError(Exception):
    """Base of all; `message` says what was expected and what came.

    `status` is the HTTP status an answer carries, `headers` what that status asks for, `code` the
    stable word for programs, `field` the request's field at fault, if one is. `public` is what an
    answer says in the place of `message`, where that names hosts, buckets and files of ours.
    """

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "internal"
    public: ClassVar[str] = ""
    headers: Mapping[str, str] = MappingProxyType({})

    def __init__(self, message: str, *, field: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code or self.default_code


class RequestError(DigitReaderError):
    """The client sent something that cannot be answered."""

    status = 400
    default_code = "bad_request"


class MalformedRequest(RequestError):
    """Bytes that are not what their content type says."""

    default_code = "malformed"


class Unauthorised(RequestError):
    """No API key, or not one of ours."""

    status = 401
    default_code = "unauthorised"
    headers: Mapping[str, str] = MappingProxyType({"WWW-Authenticate": "Bearer"})


class NotFound(RequestError):
    """No such path."""

    status = 404
    default_code = "not_found"


class UnknownPrediction(NotFound):
    """No prediction has this id, or it belongs to another session: the two look the same."""

    default_code = "unknown_id"


class MethodNotAllowed(RequestError):
    """The path exists, but not for this method; `allowed` are those that it exists for."""

    status = 405
    default_code = "method_not_allowed"

    def __init__(self, method: str, path: str, allowed: tuple[str, ...]) -> None:
        super().__init__(f"{path}: expected {' or '.join(allowed)}, got {method}")
        self.headers = {"Allow": ", ".join(allowed)}


class TimedOut(RequestError):
    """A body that did not arrive whole while the server waited for it."""

    status = 408
    default_code = "timed_out"


class TooLarge(RequestError):
    """A body, picture or batch over its limit."""

    status = 413
    default_code = "too_large"


class UnsupportedType(RequestError):
    """A content type or picture format that is not read here."""

    status = 415
    default_code = "unsupported_type"


class WrongValue(RequestError):
    """Well-formed, but the wrong shape, range or kind, or a blank image."""

    status = 422
    default_code = "wrong_value"


class TooMany(RequestError):
    """More requests or images than this caller's limit, which may ask again in `seconds`."""

    status = 429
    default_code = "too_many"

    def __init__(self, seconds: int) -> None:
        super().__init__(f"expected fewer requests or images a minute, ask again in {seconds} s")
        self.headers = {"Retry-After": str(seconds)}


class BucketError(DigitReaderError):
    """The storage bucket refused one operation."""

    default_code = "bucket"


class ObjectMissing(BucketError):
    """No object has this name."""

    default_code = "object_missing"


class ObjectTooLarge(BucketError):
    """The object has more bytes than its reader takes."""

    default_code = "object_too_large"


class PreconditionFailed(BucketError):
    """The object is of another generation than the writer expected: someone else was first."""

    default_code = "precondition_failed"


class ModelUnavailable(DigitReaderError):
    """No model can be served now."""

    status = 503
    default_code = "model_unavailable"
    public = "model: none can be served now"
    headers: Mapping[str, str] = _LATER


class BucketUnreachable(ModelUnavailable):
    """The storage bucket does not answer, or refuses us altogether."""

    default_code = "bucket_unreachable"
    public = "model: the bucket that holds it gives no answer"


class PointerMissing(ModelUnavailable):
    """The bucket holds no pointer to a live model."""

    default_code = "pointer_missing"
    public = "model: none has been published yet"


class ArtifactMissing(ModelUnavailable):
    """The pointer names a version whose artifact is not in the bucket."""

    default_code = "artifact_missing"
    public = "model: the file of the published one is missing"


class ArtifactCorrupt(ModelUnavailable):
    """The artifact, its manifest or the pointer is not what it should be; it is never served."""

    default_code = "artifact_corrupt"
    public = "model: the published one is damaged, and is not served"


class StoreUnavailable(DigitReaderError):
    """The results store did not acknowledge in time; the message says why."""

    status = 503
    default_code = "store_unavailable"
    public = "results: their store gives no answer now"
    headers: Mapping[str, str] = _LATER


class NothingKept(StoreUnavailable):
    """There is no results store."""

    public = "results: nothing is kept here, as RESULTS_STORE is none"

    def __init__(self) -> None:
        super().__init__(self.public)


class OutOfMemory(DigitReaderError):
    """The request needs more memory than is left now."""

    status = 503
    default_code = "out_of_memory"
    headers: Mapping[str, str] = _LATER


class Overloaded(DigitReaderError):
    """Other requests leave no room or time for this one now."""

    status = 503
    default_code = "overloaded"
    headers: Mapping[str, str] = _LATER


class SettingsError(DigitReaderError):
    """An environment variable has a value that cannot be used."""

    default_code = "bad_setting"
