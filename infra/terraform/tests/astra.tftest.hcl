# Results in an Astra database that is created here.
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
}
mock_provider "astra" {}

variables {
  project             = "my-project"
  propagation_seconds = 0
  results             = "astra"
}

run "store" {
  command = plan

  assert {
    condition = (
      google_cloudfunctions2_function.digits.service_config[0].environment_variables["RESULTS_STORE"] == "cassandra" &&
      google_cloudfunctions2_function.digits.service_config[0].environment_variables["CASSANDRA_USER"] == "token" &&
      google_cloudfunctions2_function.digits.service_config[0].environment_variables["CASSANDRA_BUNDLE"] == "/secrets/astra/bundle.zip"
    )
    error_message = "the bundle is a mounted file and the user is a token"
  }
  assert {
    condition     = one(google_cloudfunctions2_function.digits.service_config[0].secret_volumes[*].mount_path) == "/secrets/astra"
    error_message = "the bundle comes from Secret Manager"
  }
  assert {
    condition     = one(google_cloudfunctions2_function.digits.service_config[0].secret_environment_variables[*].secret) == "digits-astra-token"
    error_message = "the token comes from Secret Manager"
  }
  assert {
    condition     = !contains(keys(google_cloudfunctions2_function.digits.service_config[0].environment_variables), "CASSANDRA_HOSTS")
    error_message = "the bundle names the nodes"
  }

  # roles
  assert {
    condition     = length([for each in astra_role.astra["function"].policy : each if can(regex("create|alter|drop|grant|authorize|^org-", each))]) == 0
    error_message = "the function reads and writes rows, and changes no table"
  }
  assert {
    condition     = contains(astra_role.astra["migrate"].policy, "db-table-create") && !contains(astra_role.astra["migrate"].policy, "db-table-drop")
    error_message = "the migrations create tables and drop none"
  }
  assert {
    condition     = one([for each in google_cloud_run_v2_job.job["migrate"].template[0].template[0].containers[0].env : each.value_source[0].secret_key_ref[0].secret if each.name == "CASSANDRA_PASSWORD"]) == "digits-astra-migrate-token"
    error_message = "the migrations have a token of their own"
  }
  assert {
    condition     = astra_database.results[0].deletion_protection && astra_database.results[0].cloud_provider == "gcp"
    error_message = "results are protected from deletion"
  }
}

run "from_github_and_not_protected" {
  command = plan

  variables {
    deletion_protection = false
    github_repository   = "me/digits"
    state_bucket        = "my-project-terraform"
  }

  assert {
    condition     = !astra_database.results[0].deletion_protection && google_storage_bucket.models.force_destroy
    error_message = "told so, destroy deletes results and models"
  }
  assert {
    condition     = toset(keys(google_secret_manager_secret_iam_member.plan)) == toset(["function", "migrate"])
    error_message = "a plan reads the tokens' secrets and not the bundle"
  }
  assert {
    condition = (
      contains(keys(google_project_iam_member.apply), "roles/secretmanager.admin") &&
      contains(google_project_iam_custom_role.plan[0].permissions, "secretmanager.secrets.get")
    )
    error_message = "CI's accounts get what a newly switched-on store needs"
  }
}
