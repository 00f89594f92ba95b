# Deployment from GitHub without a key: its token is exchanged for one of two accounts. Any branch of
# the one repository may plan (read); only its main branch may apply.
locals {
  ci_count = local.with_ci ? 1 : 0

  plan_roles = [
    "roles/iam.securityReviewer",
    "roles/serviceusage.serviceUsageConsumer",
    "roles/viewer",
  ]
  apply_roles = concat(
    [
      "roles/artifactregistry.admin",
      "roles/cloudbuild.builds.editor",
      "roles/cloudfunctions.admin",
      "roles/iam.serviceAccountAdmin",
      "roles/iam.workloadIdentityPoolAdmin",
      "roles/logging.configWriter",
      "roles/monitoring.editor",
      "roles/resourcemanager.projectIamAdmin",
      "roles/run.admin",
      "roles/serviceusage.serviceUsageAdmin",
      "roles/storage.admin",
    ],
    local.with_schedule ? ["roles/cloudscheduler.admin"] : [],
    local.with_secrets ? ["roles/secretmanager.admin"] : [],
    local.with_domain ? ["roles/compute.loadBalancerAdmin", "roles/compute.securityAdmin"] : [],
  )
}

resource "google_iam_workload_identity_pool" "github" {
  count = local.ci_count

  workload_identity_pool_id = "${var.name}-github"
  display_name              = "GitHub"

  depends_on = [google_project_service.api]
}

resource "google_iam_workload_identity_pool_provider" "github" {
  #checkov:skip=CKV_GCP_125:the condition names the one repository; the apply account asks for its main branch besides
  count = local.ci_count

  workload_identity_pool_id          = google_iam_workload_identity_pool.github[0].workload_identity_pool_id
  workload_identity_pool_provider_id = "github"
  attribute_condition                = "assertion.repository == \"${var.github_repository}\""
  attribute_mapping = {
    "google.subject"       = "assertion.sub"
    "attribute.repository" = "assertion.repository"
    "attribute.branch"     = "assertion.repository + \"@\" + assertion.ref"
  }

  oidc {
    issuer_uri = "https://token.actions.githubusercontent.com"
  }
}

resource "google_service_account" "plan" {
  count = local.ci_count

  account_id   = "${var.name}-ci-plan"
  display_name = "CI on any branch: plans"

  depends_on = [google_project_service.api]
}

resource "google_service_account" "apply" {
  count = local.ci_count

  account_id   = "${var.name}-ci-apply"
  display_name = "CI on the main branch: applies"

  depends_on = [google_project_service.api]
}

resource "google_service_account_iam_member" "plan_from_repository" {
  count = local.ci_count

  service_account_id = google_service_account.plan[0].name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.github[0].name}/attribute.repository/${var.github_repository}"
}

resource "google_service_account_iam_member" "apply_from_main" {
  count = local.ci_count

  service_account_id = google_service_account.apply[0].name
  role               = "roles/iam.workloadIdentityUser"
  member             = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.github[0].name}/attribute.branch/${var.github_repository}@refs/heads/main"
}

resource "google_project_iam_member" "plan" {
  for_each = toset(local.with_ci ? local.plan_roles : [])

  project = var.project
  role    = each.value
  member  = google_service_account.plan[0].member
}

resource "google_project_iam_member" "apply" {
  for_each = toset(local.with_ci ? local.apply_roles : [])

  project = var.project
  role    = each.value
  member  = google_service_account.apply[0].member
}

# A deployment runs as the accounts that it hands to the function and the jobs: those, and no other.
resource "google_service_account_iam_member" "apply_acts_as" {
  for_each = local.with_ci ? merge(
    { build = google_service_account.build.name, function = google_service_account.function.name },
    { for each in google_service_account.schedule : "schedule" => each.name },
    { for name, each in google_service_account.job : name => each.name },
  ) : {}

  service_account_id = each.value
  role               = "roles/iam.serviceAccountUser"
  member             = google_service_account.apply[0].member
}

# A plan compares objects with the files here, and so reads them: all but the outbox.
resource "google_storage_bucket_iam_member" "plan" {
  for_each = local.with_ci ? {
    models = google_storage_bucket.models.name
    page   = google_storage_bucket.page.name
    source = google_storage_bucket.source.name
    state  = var.state_bucket
  } : {}

  bucket = each.value
  role   = "roles/storage.objectViewer"
  member = google_service_account.plan[0].member

  dynamic "condition" {
    for_each = each.key == "models" ? [local.models_condition] : []
    content {
      title      = "models only"
      expression = condition.value
    }
  }

  lifecycle {
    precondition {
      condition     = each.value != ""
      error_message = "state_bucket: expected the state's bucket when github_repository is set."
    }
  }
}

# It compares the tokens' secrets too, which it knows from the state anyway.
resource "google_secret_manager_secret_iam_member" "plan" {
  for_each = local.with_ci && local.with_astra ? {
    function = google_secret_manager_secret.astra_token[0].id
    migrate  = google_secret_manager_secret.astra_migrate_token[0].id
  } : {}

  secret_id = each.value
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.plan[0].member
}

# The budget is not the project's but the billing account's.
resource "google_billing_account_iam_member" "plan" {
  count = local.with_ci && var.billing_account != "" ? 1 : 0

  billing_account_id = var.billing_account
  role               = "roles/billing.viewer"
  member             = google_service_account.plan[0].member
}

resource "google_billing_account_iam_member" "apply" {
  count = local.with_ci && var.billing_account != "" ? 1 : 0

  billing_account_id = var.billing_account
  role               = "roles/billing.costsManager"
  member             = google_service_account.apply[0].member
}
