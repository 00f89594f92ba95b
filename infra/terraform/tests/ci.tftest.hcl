# Deployment from GitHub, the alerts' receiver, and values that are refused.
mock_provider "google" {
  mock_data "google_cloudfunctions2_function" {
    defaults = { state = "ACTIVE" }
  }
  mock_data "google_cloud_run_v2_service" {
    defaults = { latest_created_revision = "digits-00002-b", latest_ready_revision = "digits-00002-b" }
  }
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
  project             = "my-project"
  propagation_seconds = 0
  results             = "none"
  github_repository   = "me/digits"
  state_bucket        = "my-project-terraform"
  alert_email         = "me@example.org"
  billing_account     = "012345-6789AB-CDEF01"
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
    condition     = alltrue([for each in google_project_iam_custom_role.plan[0].permissions : can(regex("\\.(get|getIamPolicy|list|use)$", each))])
    error_message = "a plan reads"
  }
  assert {
    condition     = length([for each in google_project_iam_custom_role.plan[0].permissions : each if can(regex("^(storage\\.objects|logging\\.(logEntries|logs|privateLogEntries|views)|secretmanager\\.versions\\.access)", each))]) == 0
    error_message = "a plan reads the configuration: no object, no log line, no secret of the whole project"
  }
  assert {
    condition     = google_project_iam_member.plan[0].role == google_project_iam_custom_role.plan[0].name
    error_message = "the planning account has no basic role, which buckets grant access by default"
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
    condition     = toset(keys(google_monitoring_alert_policy.alert)) == toset(["errors", "unidentified", "latency", "jobs"])
    error_message = "without a store there are no results to lose"
  }
  assert {
    condition     = google_billing_budget.monthly[0].amount[0].specified_amount[0].units == "20"
    error_message = "the budget is the variable's"
  }
  assert {
    condition     = google_billing_budget.monthly[0].all_updates_rule[0].monitoring_notification_channels == tolist(google_monitoring_notification_channel.email[*].id)
    error_message = "the budget's alert reaches the same person"
  }
  assert {
    condition     = contains(keys(google_project_service.api), "cloudbilling.googleapis.com")
    error_message = "CI's access to the billing account is granted through an API that is enabled"
  }
  assert {
    condition     = { for name, each in google_billing_account_iam_member.ci : name => each.role } == { plan = "roles/billing.viewer", apply = "roles/billing.costsManager" }
    error_message = "a plan reads the budget and an apply changes it"
  }
}

run "wrong_values_are_refused" {
  command = plan

  variables {
    project           = "My Project"
    results           = "mongo"
    function_memory   = "plenty"
    github_repository = "digits"
    trainer_arguments = ["mnist", "--out=/tmp"]
    api_keys_secret   = "no/secret"
    identity_pool     = "gcp-pool"
  }

  expect_failures = [
    var.project, var.results, var.function_memory, var.github_repository, var.trainer_arguments,
    var.api_keys_secret, var.identity_pool,
  ]
}

run "another_pool_and_a_new_domain" {
  command = plan

  variables {
    identity_pool = "digits-github-2"
    domain        = "digits.example.org"
  }

  assert {
    condition = (
      google_iam_workload_identity_pool.github[0].workload_identity_pool_id == "digits-github-2" &&
      google_project_iam_custom_role.plan[0].role_id == "digits_github_2_plan"
    )
    error_message = "pool and role take another id"
  }
  assert {
    condition     = contains(keys(google_project_iam_member.apply), "roles/compute.loadBalancerAdmin")
    error_message = "the applying account may make a load balancer"
  }
  assert {
    condition     = contains(google_project_iam_custom_role.plan[0].permissions, "compute.urlMaps.get")
    error_message = "the planning account may read it"
  }
}
