# Deployment from GitHub, the alerts' receiver, and values that are refused.
mock_provider "google" {
  mock_resource "google_service_account" {
    defaults = {
      name   = "projects/my-project/serviceAccounts/someone@my-project.iam.gserviceaccount.com"
      email  = "someone@my-project.iam.gserviceaccount.com"
      member = "serviceAccount:someone@my-project.iam.gserviceaccount.com"
    }
  }
  mock_resource "google_iam_workload_identity_pool" {
    defaults = { name = "projects/1/locations/global/workloadIdentityPools/digits-github" }
  }
}
mock_provider "astra" {}

variables {
  project           = "my-project"
  results           = "none"
  github_repository = "me/digits"
  state_bucket      = "my-project-terraform"
  alert_email       = "me@example.org"
  billing_account   = "012345-6789AB-CDEF01"
}

run "from_github" {
  command = apply

  assert {
    condition     = google_iam_workload_identity_pool_provider.github[0].attribute_condition == "assertion.repository == \"me/digits\""
    error_message = "no other repository gets in"
  }
  assert {
    condition     = google_service_account_iam_member.apply_from_main[0].member == "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/digits-github/attribute.branch/me/digits@refs/heads/main"
    error_message = "only the main branch may apply"
  }
  assert {
    condition     = alltrue([for role in keys(google_project_iam_member.plan) : can(regex("^roles/(viewer|iam.securityReviewer|serviceusage.serviceUsageConsumer)$", role))])
    error_message = "a plan reads"
  }
  assert {
    condition     = strcontains(google_storage_bucket_iam_member.plan["models"].condition[0].expression, "/objects/models/")
    error_message = "a plan reads no drawings"
  }
  assert {
    condition     = alltrue([for role in keys(google_project_iam_member.apply) : !contains(["roles/owner", "roles/editor", "roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator"], role)])
    error_message = "the applying account owns nothing and acts as no other account of the project"
  }

  # alerts reach someone
  assert {
    condition     = google_monitoring_notification_channel.email[0].labels["email_address"] == "me@example.org"
    error_message = "the receiver is the variable's"
  }
  assert {
    condition     = toset(keys(google_monitoring_alert_policy.share)) == toset(["errors", "drift"])
    error_message = "without a store there are no results to lose"
  }
  assert {
    condition     = google_billing_budget.monthly[0].amount[0].specified_amount[0].units == "20"
    error_message = "the budget is the variable's"
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    project           = "My Project"
    results           = "mongo"
    function_memory   = "plenty"
    concurrency       = 0
    github_repository = "digits"
    trainer_arguments = ["mnist", "--out=/tmp"]
    api_keys_secret   = "no/secret"
    rate_per_address  = -1
  }

  expect_failures = [
    var.project, var.results, var.function_memory, var.concurrency, var.github_repository,
    var.trainer_arguments, var.api_keys_secret, var.rate_per_address,
  ]
}

run "ci_needs_the_states_bucket" {
  command = plan

  variables {
    state_bucket = ""
  }

  expect_failures = [google_storage_bucket_iam_member.plan["state"]]
}
