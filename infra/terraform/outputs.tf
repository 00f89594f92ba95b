output "page_url" {
  description = "Where the page is."
  value       = local.page_url
}

output "page_origin" {
  description = "The one origin that the function answers in a browser."
  value       = local.page_origin
}

output "function_url" {
  description = "Where the function answers."
  value       = local.function_url
}

output "function_name" {
  description = "Name of the function and of the Cloud Run service beneath it."
  value       = google_cloudfunctions2_function.digits.name
}

output "project" {
  description = "The project, for the commands of infra/Makefile."
  value       = var.project
}

output "region" {
  description = "The region, for the commands of infra/Makefile."
  value       = var.region
}

output "model_bucket" {
  description = "Bucket of the models and of the outbox."
  value       = google_storage_bucket.models.name
}

output "source_bucket" {
  description = "Bucket of the source archives, and of the sources of the trainer's image."
  value       = google_storage_bucket.source.name
}

output "image_repository" {
  description = "Where the trainer's image is pushed to."
  value       = "${var.region}-docker.pkg.dev/${var.project}/${google_artifact_registry_repository.images.repository_id}"
}

output "build_account" {
  description = "Account that builds the trainer's image."
  value       = google_service_account.build.id
}

output "results" {
  description = "Which results store there is."
  value       = var.results
}

output "domain_address" {
  description = "Address for the domain's A record; null without a domain."
  value       = one(google_compute_global_address.page[*].address)
}

output "ci" {
  description = "Identity provider and accounts for the GitHub workflow's variables; null without a repository."
  value = local.with_ci ? {
    provider      = google_iam_workload_identity_pool_provider.github[0].name
    plan_account  = google_service_account.plan[0].email
    apply_account = google_service_account.apply[0].email
  } : null
}

output "function_state" {
  description = "State of the function, ACTIVE once it serves what was deployed."
  value       = data.google_cloudfunctions2_function.digits.state
}

output "function_revision" {
  description = "The newest revision that is ready to serve."
  value       = data.google_cloud_run_v2_service.function.latest_ready_revision
}
