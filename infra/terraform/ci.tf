# Deployment from GitHub without a key: its token is exchanged for one of two accounts. Any branch of
# the one repository may plan (read the configuration, no data); only its main branch may apply.
locals {
  ci_count      = local.with_ci ? 1 : 0
  identity_pool = var.identity_pool == "" ? "${var.name}-github" : var.identity_pool

  # What a plan reads. No basic role: roles/viewer reads the logs, and every bucket that grants its
  # project's viewers their default access, the outbox's drawings with it.
  plan_permissions = concat(
    [
      "artifactregistry.repositories.get",
      "artifactregistry.repositories.getIamPolicy",
      "cloudfunctions.functions.get",
      "iam.roles.get",
      "iam.serviceAccounts.get",
      "iam.serviceAccounts.getIamPolicy",
      "iam.workloadIdentityPoolProviders.get",
      "iam.workloadIdentityPools.get",
      "logging.exclusions.get",
      "logging.logMetrics.get",
      "monitoring.alertPolicies.get",
      "monitoring.dashboards.get",
      "monitoring.notificationChannels.get",
      "resourcemanager.projects.get",
      "resourcemanager.projects.getIamPolicy",
      "run.jobs.get",
      "run.jobs.getIamPolicy",
      "run.services.get",
      "run.services.getIamPolicy",
      "serviceusage.services.get",
      "serviceusage.services.list",
      "serviceusage.services.use",
      "storage.buckets.get",
      "storage.buckets.getIamPolicy",
    ],
    local.with_schedule ? ["cloudscheduler.jobs.get"] : [],
    local.with_secrets ? [
      "secretmanager.secrets.get",
      "secretmanager.secrets.getIamPolicy",
      "secretmanager.versions.get",
    ] : [],
    local.with_domain ? [
      "compute.backendBuckets.get",
      "compute.backendServices.get",
      "compute.globalAddresses.get",
      "compute.globalForwardingRules.get",
      "compute.networkEndpointGroups.get",
      "compute.securityPolicies.get",
      "compute.sslCertificates.get",
      "compute.sslPolicies.get",
      "compute.targetHttpProxies.get",
      "compute.targetHttpsProxies.get",
      "compute.urlMaps.get",
    ] : [],
  )

  apply_roles = concat(
    [
      "roles/artifactregistry.admin",
      "roles/cloudbuild.builds.editor",
      "roles/cloudfunctions.admin",
      "roles/iam.roleAdmin",
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

# A deleted pool's id stays taken for 30 days, a deleted role's for 44: variable identity_pool.
resource "google_iam_workload_identity_pool" "github" {
  count = local.ci_count

  workload_identity_pool_id = local.identity_pool
  display_name              = "GitHub"

  depends_on = [terraform_data.ready]
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

  depends_on = [terraform_data.ready]
}

# terraform_data.ready waits for this account's roles, so it cannot wait for terraform_data.ready.
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

resource "google_project_iam_custom_role" "plan" {
  count = local.ci_count

  role_id     = "${replace(local.identity_pool, "-", "_")}_plan"
  title       = "Plans of ${var.name}"
  description = "Reads the configuration that a plan compares, and no data"
  permissions = local.plan_permissions

  depends_on = [terraform_data.ready]
}

resource "google_project_iam_member" "plan" {
  count = local.ci_count

  project = var.project
  role    = google_project_iam_custom_role.plan[0].name
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
}

# A plan compares the tokens' secrets too. It knows them from the state anyway.
resource "google_secret_manager_secret_iam_member" "plan" {
  for_each = local.with_ci ? local.astra_roles : {}

  secret_id = google_secret_manager_secret.astra[each.key].id
  role      = "roles/secretmanager.secretAccessor"
  member    = google_service_account.plan[0].member
}

# The budget belongs to the billing account and not to the project.
resource "google_billing_account_iam_member" "ci" {
  for_each = local.with_ci && var.billing_account != "" ? {
    plan  = { role = "roles/billing.viewer", member = google_service_account.plan[0].member }
    apply = { role = "roles/billing.costsManager", member = google_service_account.apply[0].member }
  } : {}

  billing_account_id = var.billing_account
  role               = each.value.role
  member             = each.value.member
}
