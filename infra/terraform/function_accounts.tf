# Who the function is, and who builds it: what each account may reach.
resource "google_service_account" "function" {
  account_id   = "${var.name}-function"
  display_name = "The digit reader's function: reads models, writes the outbox"

  depends_on = [terraform_data.ready]
}

resource "google_storage_bucket_iam_member" "function_models" {
  bucket = google_storage_bucket.models.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.function.member

  condition {
    title      = "models only"
    expression = "resource.name.startsWith(\"projects/_/buckets/${google_storage_bucket.models.name}/objects/${local.models_prefix}\")"
  }
}

# Results that the store did not take in time are added there, and labelled and erased while they wait.
resource "google_storage_bucket_iam_member" "function_outbox" {
  count = local.with_results ? 1 : 0

  bucket = google_storage_bucket.models.name
  role   = "roles/storage.objectUser"
  member = google_service_account.function.member

  condition {
    title      = "outbox only"
    expression = local.outbox_condition
  }
}

resource "google_secret_manager_secret_iam_member" "function" {
  for_each = local.function_secrets

  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.function.member
}

# --- who builds it ---

resource "google_service_account" "build" {
  account_id   = "${var.name}-build"
  display_name = "Builds of the function and of the trainer's image"

  depends_on = [terraform_data.ready]
}

resource "google_project_iam_member" "build_logs" {
  project = var.project
  role    = "roles/logging.logWriter"
  member  = google_service_account.build.member
}

resource "google_artifact_registry_repository_iam_member" "build" {
  location   = var.region
  repository = google_artifact_registry_repository.images.name
  role       = "roles/artifactregistry.writer"
  member     = google_service_account.build.member
}

# The platform copies the archive into a bucket of its own before it builds.
resource "google_project_iam_member" "build_source" {
  project = var.project
  role    = "roles/storage.objectViewer"
  member  = google_service_account.build.member

  condition {
    title = "sources only"
    expression = join(" || ", [
      for bucket in ["gcf-v2-sources-", google_storage_bucket.source.name] :
      "resource.name.startsWith(\"projects/_/buckets/${bucket}\")"
    ])
  }
}
