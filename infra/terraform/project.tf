locals {
  with_results  = var.results != "none"
  with_astra    = var.results == "astra"
  with_domain   = var.domain != ""
  with_trainer  = var.trainer_image != ""
  with_ci       = var.github_repository != ""
  with_network  = var.network != "" || var.subnetwork != ""
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
    local.with_domain || local.with_network ? ["compute.googleapis.com"] : [],
    local.with_ci ? ["iamcredentials.googleapis.com", "sts.googleapis.com"] : [],
    # The budget, and CI's access to the account that it belongs to.
    var.billing_account != "" ? ["billingbudgets.googleapis.com", "cloudbilling.googleapis.com"] : [],
  )
}

resource "google_project_service" "api" {
  for_each = toset(local.apis)

  service            = each.value
  disable_on_destroy = false
}

# Everything waits for this: the variables agree, the APIs are enabled, and CI's account has the roles
# for what this apply switches on. A new API or role takes a while to work everywhere.
resource "terraform_data" "ready" {
  triggers_replace = [
    sort(values(google_project_service.api)[*].id),
    sort(values(google_project_iam_member.apply)[*].id),
  ]

  provisioner "local-exec" {
    command = "sleep ${var.propagation_seconds}"
  }

  lifecycle {
    precondition {
      condition     = length(local.refused) == 0
      error_message = join("\n", local.refused)
    }
  }
}

# The function's build starts at once and its account may be refused for a minute after the binding:
# https://cloud.google.com/iam/docs/access-change-propagation. The same holds for the jobs.
resource "terraform_data" "permissions" {
  triggers_replace = concat(
    [
      google_artifact_registry_repository_iam_member.build.id,
      google_project_iam_member.build_logs.id,
      google_project_iam_member.build_source.id,
      google_storage_bucket_iam_member.function_models.id,
    ],
    google_storage_bucket_iam_member.function_outbox[*].id,
    values(google_secret_manager_secret_iam_member.function)[*].id,
    values(google_secret_manager_secret_iam_member.job)[*].id,
    values(google_storage_bucket_iam_member.job)[*].id,
    values(google_storage_bucket_iam_member.job_source)[*].id,
  )

  provisioner "local-exec" {
    command = "sleep ${var.propagation_seconds}"
  }
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

  depends_on = [terraform_data.ready]
}
