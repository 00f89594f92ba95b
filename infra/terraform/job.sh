# Runs a module of the function's archive, SOURCE_ARCHIVE: its requirements first, then `python -m "$@"`.
folder=$(mktemp -d)
python -m zipfile -e "$SOURCE_ARCHIVE" "$folder"
cd "$folder"
python -m pip install --quiet --disable-pip-version-check --require-hashes --requirement requirements.txt
exec python -m "$@"
