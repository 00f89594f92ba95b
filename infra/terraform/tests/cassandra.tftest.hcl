# Results in a Cassandra that exists already, reached by contact points, a password and TLS.
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
  results             = "cassandra"
  cassandra = {
    hosts           = ["10.0.0.11", "10.0.0.12"]
    user            = "digits"
    password_secret = "cassandra-password"
    ca_secret       = "cassandra-ca"
  }
  network          = "private"
  trainer_image    = "europe-west1-docker.pkg.dev/my-project/digits/trainer:abc"
  trainer_schedule = "0 3 * * 0"
}

run "store" {
  command = plan

  assert {
    condition = (
      google_cloudfunctions2_function.digits.service_config[0].environment_variables["CASSANDRA_HOSTS"] == "10.0.0.11,10.0.0.12" &&
      google_cloudfunctions2_function.digits.service_config[0].environment_variables["CASSANDRA_TLS"] == "1" &&
      google_cloudfunctions2_function.digits.service_config[0].environment_variables["CASSANDRA_CA_FILE"] == "/secrets/cassandra/ca.pem" &&
      google_cloudfunctions2_function.digits.service_config[0].environment_variables["OUTBOX_BUCKET"] == "my-project-digits-models"
    )
    error_message = "contact points, TLS and the outbox are in the environment"
  }
  assert {
    condition     = !contains(keys(google_cloudfunctions2_function.digits.service_config[0].environment_variables), "CASSANDRA_PASSWORD")
    error_message = "the password is no plain variable"
  }
  assert {
    condition     = one(google_cloudfunctions2_function.digits.service_config[0].secret_environment_variables[*].secret) == "cassandra-password"
    error_message = "the password comes from Secret Manager"
  }
  assert {
    condition     = one(google_cloudfunctions2_function.digits.service_config[0].secret_volumes[*].mount_path) == "/secrets/cassandra"
    error_message = "the certificate authority is a mounted file"
  }

  # who can read what
  assert {
    condition = toset(values(google_secret_manager_secret_iam_member.function)[*].secret_id) == toset([
      "projects/my-project/secrets/cassandra-password", "projects/my-project/secrets/cassandra-ca",
    ])
    error_message = "the function reads its own two secrets"
  }
  assert {
    condition = (
      google_storage_bucket_iam_member.function_outbox[0].role == "roles/storage.objectUser" &&
      strcontains(google_storage_bucket_iam_member.function_outbox[0].condition[0].expression, "/objects/outbox/") &&
      !strcontains(google_storage_bucket_iam_member.function_outbox[0].condition[0].expression, "/objects/models/")
    )
    error_message = "the function writes the outbox and no model"
  }
  assert {
    condition     = !strcontains(google_storage_bucket_iam_member.job["replay"].condition[0].expression, "/objects/models/")
    error_message = "the replay does not touch models"
  }
  assert {
    condition     = !strcontains(google_storage_bucket_iam_member.job["trainer"].condition[0].expression, "/objects/outbox/")
    error_message = "the trainer does not touch the outbox"
  }

  # jobs
  assert {
    condition = (
      google_cloud_run_v2_job.job["migrate"].template[0].template[0].containers[0].args == tolist(["digitreader.results", "migrate"]) &&
      google_cloud_run_v2_job.job["migrate"].run_execution_token != null
    )
    error_message = "the migrations run when their job is applied"
  }
  assert {
    condition     = google_cloud_run_v2_job.job["migrate"].name == "digits-migrate-${substr(sha256(jsonencode([local.function_digest, "cassandra", var.cassandra])), 0, 16)}"
    error_message = "each version of the code and each store has a migration of its own, so that one that failed is made again"
  }
  assert {
    condition     = length("${join("", [for each in range(16) : "n"])}-migrate-${local.migration}") <= 49
    error_message = "the longest name is one that Cloud Run accepts"
  }
  assert {
    condition = anytrue([
      for each in google_cloud_run_v2_job.job["replay"].template[0].template[0].containers[0].env :
      each.name == "SOURCE_ARCHIVE" && each.value == "/source/function-${local.function_digest}.zip"
    ])
    error_message = "the jobs run the function's archive"
  }
  assert {
    condition     = google_cloud_scheduler_job.job["replay"].schedule == "*/30 * * * *"
    error_message = "the outbox is replayed every half hour"
  }
  assert {
    condition     = google_cloud_scheduler_job.job["trainer"].schedule == "0 3 * * 0"
    error_message = "the trainer runs when it is told to"
  }
  assert {
    condition     = google_cloud_run_v2_job_iam_member.schedule["replay"].role == "roles/run.invoker"
    error_message = "the schedule starts its job and does nothing else"
  }
}

run "the_trainer_takes_its_arguments_and_drift_is_looked_for" {
  command = plan

  variables {
    trainer_arguments = ["--quick", "--seed", "2"]
  }

  assert {
    condition = (
      google_cloud_run_v2_job.job["drift"].template[0].template[0].containers[0].image == var.trainer_image &&
      google_cloud_scheduler_job.job["drift"].schedule == "0 6 * * *"
    )
    error_message = "the last results are compared with the model's reference each day"
  }
  assert {
    condition     = google_storage_bucket_iam_member.job["drift"].role == "roles/storage.objectViewer"
    error_message = "comparing changes no model"
  }
  assert {
    condition = (
      strcontains(google_logging_metric.noted["drift"].filter, "job_name=\"digits-drift\"") &&
      google_monitoring_alert_policy.alert["drift"].conditions[0].condition_threshold[0].threshold_value == 0.2 &&
      contains(google_logging_metric.noted["drift"].bucket_options[0].explicit_buckets[0].bounds, 0.2)
    )
    error_message = "what the job logs raises an alert"
  }
  assert {
    condition     = google_cloud_run_v2_job.job["trainer"].template[0].template[0].containers[0].args == tolist(["--quick", "--seed", "2", "--with-feedback", "--judge", "/app/release"])
    error_message = "the arguments are the variable's, and people's labels are learnt too"
  }
}

run "another_store_at_public_addresses" {
  command = plan

  variables {
    network = ""
    cassandra = {
      hosts           = ["cassandra.example.org", "172.32.0.1"]
      user            = "digits"
      password_secret = "cassandra-password"
    }
  }

  assert {
    condition     = google_cloud_run_v2_job.job["migrate"].name != "digits-migrate-${substr(sha256(jsonencode([local.function_digest, "cassandra", merge(var.cassandra, { hosts = ["10.0.0.11", "10.0.0.12"], ca_secret = "cassandra-ca" })])), 0, 16)}"
    error_message = "migrations run for the new store"
  }
  assert {
    condition     = !contains(keys(google_cloudfunctions2_function.digits.service_config[0].environment_variables), "CASSANDRA_TLS")
    error_message = "TLS comes with a certificate authority"
  }
  assert {
    condition = (
      length(google_cloudfunctions2_function.digits.service_config[0].direct_vpc_network_interface) == 0 &&
      length(google_cloud_run_v2_job.job["migrate"].template[0].template[0].vpc_access) == 0
    )
    error_message = "nothing is sent through a network that was not asked for"
  }
}

run "the_network_reaches_the_function_and_the_jobs" {
  command = plan

  variables {
    network    = "private"
    subnetwork = "cassandra"
  }

  assert {
    condition = (
      google_cloudfunctions2_function.digits.service_config[0].direct_vpc_egress == "VPC_EGRESS_PRIVATE_RANGES_ONLY" &&
      one(google_cloudfunctions2_function.digits.service_config[0].direct_vpc_network_interface[*].network) == "private" &&
      one(google_cloudfunctions2_function.digits.service_config[0].direct_vpc_network_interface[*].subnetwork) == "cassandra"
    )
    error_message = "the function reaches private addresses"
  }
  assert {
    condition = alltrue([
      for each in google_cloud_run_v2_job.job :
      one(each.template[0].template[0].vpc_access[*].egress) == "PRIVATE_RANGES_ONLY" &&
      one(each.template[0].template[0].vpc_access[0].network_interfaces[*].subnetwork) == "cassandra"
    ])
    error_message = "so do migrations, replay, trainer and drift"
  }
  assert {
    condition     = contains(keys(google_project_service.api), "compute.googleapis.com")
    error_message = "the network's API is enabled"
  }
}

run "trainer_waits_for_an_image_and_a_schedule" {
  command = plan

  variables {
    trainer_image    = ""
    trainer_schedule = ""
  }

  assert {
    condition     = keys(google_cloud_run_v2_job.job) == ["migrate", "replay"] && keys(google_cloud_scheduler_job.job) == ["replay"]
    error_message = "no trainer and no schedule"
  }
}
