# The release model, so that the page works after the first apply. From then on models are the
# trainer's: nothing here is changed or deleted by a later apply, whatever the repository holds.
locals {
  release  = "${path.module}/../../release"
  manifest = jsondecode(file("${local.release}/manifest.json"))
  optional = { index = "neighbours.npz", touching = "touching.tflite" } # by key of the manifest
}

resource "google_storage_bucket_object" "release_model" {
  bucket          = google_storage_bucket.models.name
  name            = "${local.models_prefix}${local.manifest.version}/model.tflite"
  source          = "${local.release}/model.tflite"
  content_type    = "application/octet-stream"
  deletion_policy = "ABANDON"

  lifecycle {
    ignore_changes = all

    precondition {
      condition     = filesha256("${local.release}/model.tflite") == local.manifest.sha256
      error_message = "release/model.tflite: expected the sha256 that release/manifest.json names."
    }
  }
}

resource "google_storage_bucket_object" "release_optional" {
  for_each        = { for key, file in local.optional : key => file if can(local.manifest[key]) }
  bucket          = google_storage_bucket.models.name
  name            = "${local.models_prefix}${local.manifest.version}/${each.value}"
  source          = "${local.release}/${each.value}"
  content_type    = "application/octet-stream"
  deletion_policy = "ABANDON"

  lifecycle {
    ignore_changes = all

    precondition {
      condition     = filesha256("${local.release}/${each.value}") == local.manifest[each.key].sha256
      error_message = "release/${each.value}: expected the sha256 that release/manifest.json names."
    }
  }
}

resource "google_storage_bucket_object" "release_manifest" {
  bucket          = google_storage_bucket.models.name
  name            = "${local.models_prefix}${local.manifest.version}/manifest.json"
  source          = "${local.release}/manifest.json"
  content_type    = "application/json"
  deletion_policy = "ABANDON"

  lifecycle {
    ignore_changes = all
  }
}

# The pointer comes last, and takes the manifest's text as it is: jsonencode would rewrite numbers.
resource "google_storage_bucket_object" "release_pointer" {
  bucket          = google_storage_bucket.models.name
  name            = "${local.models_prefix}live.json"
  content         = "{\"version\": ${jsonencode(local.manifest.version)}, \"promoted_at\": \"${plantimestamp()}\", \"manifest\": ${trimspace(file("${local.release}/manifest.json"))}}"
  content_type    = "application/json"
  deletion_policy = "ABANDON"

  lifecycle {
    ignore_changes = all
  }

  depends_on = [
    google_storage_bucket_object.release_model,
    google_storage_bucket_object.release_optional,
    google_storage_bucket_object.release_manifest,
  ]
}
