locals {
  models_prefix = "models/"
  outbox_prefix = "outbox/"

  # An object's name decides on reading and writing, the asked-for prefix on listing.
  outbox_condition = join(" || ", [
    "resource.name.startsWith(\"projects/_/buckets/${google_storage_bucket.models.name}/objects/${local.outbox_prefix}\")",
    "api.getAttribute(\"storage.googleapis.com/objectListPrefix\", \"\").startsWith(\"${local.outbox_prefix}\")",
  ])
  models_condition = join(" || ", [
    "resource.name.startsWith(\"projects/_/buckets/${google_storage_bucket.models.name}/objects/${local.models_prefix}\")",
    "api.getAttribute(\"storage.googleapis.com/objectListPrefix\", \"\").startsWith(\"${local.models_prefix}\")",
  ])
}

# Models, and the results that wait for the store.
resource "google_storage_bucket" "models" {
  #checkov:skip=CKV_GCP_62:usage logs would need one more bucket, and who may reach this one is all in these files
  name                        = "${var.project}-${var.name}-models"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = !var.deletion_protection

  versioning {
    enabled = true
  }

  # An erased drawing is to be gone: old versions are the safety net, for models only.
  soft_delete_policy {
    retention_duration_seconds = 0
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      matches_prefix             = [local.models_prefix]
      with_state                 = "ARCHIVED"
      days_since_noncurrent_time = 30
    }
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      matches_prefix = [local.outbox_prefix]
      with_state     = "LIVE"
      age            = var.results_ttl_days
    }
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      matches_prefix             = [local.outbox_prefix]
      with_state                 = "ARCHIVED"
      days_since_noncurrent_time = 1
    }
  }

  depends_on = [terraform_data.ready]
}

# The function's source archives; all of them can be made again from the repository.
resource "google_storage_bucket" "source" {
  #checkov:skip=CKV_GCP_62:usage logs would need one more bucket, and who may reach this one is all in these files
  name                        = "${var.project}-${var.name}-source"
  location                    = var.region
  uniform_bucket_level_access = true
  public_access_prevention    = "enforced"
  force_destroy               = true

  versioning {
    enabled = true
  }

  lifecycle_rule {
    action {
      type = "Delete"
    }
    condition {
      with_state                 = "ARCHIVED"
      days_since_noncurrent_time = 30
    }
  }

  depends_on = [terraform_data.ready]
}
