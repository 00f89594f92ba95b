locals {
  with_results  = var.results != "none"
  with_astra    = var.results == "astra"
  with_domain   = var.domain != ""
  with_trainer  = var.trainer_image != ""
  with_ci       = var.github_repository != ""
  with_secrets  = local.with_results || var.api_keys_secret != ""
  with_schedule = local.with_results || (local.with_trainer && var.trainer_schedule != "")

  apis = concat(
    [
      "artifactregistry.googleapis.com",
      "cloudbuild.googleapis.com",
      "cloudfunctions.googleapis.com",
      "cloudresourcemanager.googleapis.com",
      "iam.googleapis.com",
      "logging.googleapis.com",
      "monitoring.googleapis.com",
      "run.googleapis.com",
      "storage.googleapis.com",
    ],
    local.with_secrets ? ["secretmanager.googleapis.com"] : [],
    local.with_schedule ? ["cloudscheduler.googleapis.com"] : [],
    local.with_domain ? ["compute.googleapis.com"] : [],
    local.with_ci ? ["iamcredentials.googleapis.com", "sts.googleapis.com"] : [],
    var.billing_account != "" ? ["billingbudgets.googleapis.com"] : [],
  )
}

resource "google_project_service" "api" {
  for_each = toset(local.apis)

  service            = each.value
  disable_on_destroy = false
}

# Images that the function's builds and the trainer's leave; the newest few are enough to roll back.
resource "google_artifact_registry_repository" "images" {
  #checkov:skip=CKV_GCP_84:Google's own keys encrypt the images; they hold published code only
  repository_id = var.name
  location      = var.region
  format        = "DOCKER"
  description   = "Images of the function and of the trainer"

  cleanup_policies {
    id     = "keep-newest"
    action = "KEEP"
    most_recent_versions {
      keep_count = 5
    }
  }

  cleanup_policies {
    id     = "delete-older"
    action = "DELETE"
    condition {
      older_than = "2592000s"
    }
  }

  depends_on = [google_project_service.api]
}
