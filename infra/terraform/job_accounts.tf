# Who the jobs are: each has an account of its own, which reaches what its job needs and no more.
locals {
  job_secrets = merge([
    for name, job in local.jobs : { for key, id in job.secrets : "${name}/${key}" => { job = name, id = id } }
  ]...)
}

resource "google_service_account" "job" {
  for_each = local.jobs

  account_id   = "${var.name}-${each.key}"
  display_name = "The job ${each.key}: ${each.value.does}"

  depends_on = [terraform_data.ready]
}

resource "google_storage_bucket_iam_member" "job_source" {
  for_each = { for name, job in local.jobs : name => job if length(job.folders) > 0 }

  bucket = google_storage_bucket.source.name
  role   = "roles/storage.objectViewer"
  member = google_service_account.job[each.key].member
}

# One prefix each of the bucket of models and outbox.
resource "google_storage_bucket_iam_member" "job" {
  for_each = { for name, job in local.jobs : name => job.bucket if job.bucket != null }

  bucket = google_storage_bucket.models.name
  role   = each.value.role
  member = google_service_account.job[each.key].member

  condition {
    title      = each.value.title
    expression = each.value.expression
  }
}

resource "google_secret_manager_secret_iam_member" "job" {
  for_each = local.job_secrets

  secret_id = each.value.id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.job[each.value.job].member
}

# Starts jobs on their schedules, and can do nothing else.
resource "google_service_account" "schedule" {
  count = local.with_schedule ? 1 : 0

  account_id   = "${var.name}-schedule"
  display_name = "The schedules: start the jobs"

  depends_on = [terraform_data.ready]
}

resource "google_cloud_run_v2_job_iam_member" "schedule" {
  for_each = local.scheduled

  location = var.region
  name     = google_cloud_run_v2_job.job[each.key].name
  role     = "roles/run.invoker"
  member   = google_service_account.schedule[0].member
}
