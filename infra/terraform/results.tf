# What the function and the jobs need to reach the results store, whichever it is.
locals {
  astra_bundle_folder = "/secrets/astra"
  astra_keyspace      = replace(var.name, "-", "_")
  cassandra_ca_folder = "/secrets/cassandra"
  cassandra_with_ca   = var.results == "cassandra" && try(var.cassandra.ca_secret, "") != ""

  results_environment = merge(
    {
      RESULTS_STORE    = local.with_results ? "cassandra" : "none"
      RESULTS_TTL_DAYS = tostring(var.results_ttl_days)
    },
    local.with_results ? { OUTBOX_BUCKET = google_storage_bucket.models.name } : {},
    local.with_astra ? {
      CASSANDRA_BUNDLE   = "${local.astra_bundle_folder}/bundle.zip"
      CASSANDRA_KEYSPACE = local.astra_keyspace
      CASSANDRA_USER     = "token"
    } : {},
    var.results == "cassandra" ? {
      CASSANDRA_HOSTS       = join(",", try(var.cassandra.hosts, []))
      CASSANDRA_PORT        = tostring(try(var.cassandra.port, 9042))
      CASSANDRA_KEYSPACE    = try(var.cassandra.keyspace, "")
      CASSANDRA_REPLICATION = tostring(try(var.cassandra.replication, 3))
      CASSANDRA_USER        = try(var.cassandra.user, "")
    } : {},
    try(var.cassandra.datacenter, "") == "" ? {} : { CASSANDRA_DATACENTER = var.cassandra.datacenter },
    local.cassandra_with_ca ? {
      CASSANDRA_TLS     = "1"
      CASSANDRA_CA_FILE = "${local.cassandra_ca_folder}/ca.pem"
    } : {},
  )

  # The password's secret (none or one), by the version that this apply made where it made one.
  results_password = concat(
    local.with_astra ? [{
      secret  = google_secret_manager_secret.astra_token[0].secret_id
      version = google_secret_manager_secret_version.astra_token[0].version
    }] : [],
    var.results == "cassandra" ? [{ secret = try(var.cassandra.password_secret, ""), version = "latest" }] : [],
  )

  # Secrets that are files (none or one).
  results_files = concat(
    local.with_astra ? [{
      secret = google_secret_manager_secret.astra_bundle[0].secret_id
      folder = local.astra_bundle_folder
      file   = "bundle.zip"
    }] : [],
    local.cassandra_with_ca ? [{
      secret = var.cassandra.ca_secret
      folder = local.cassandra_ca_folder
      file   = "ca.pem"
    }] : [],
  )

  results_secrets = merge(
    local.with_astra ? {
      password = google_secret_manager_secret.astra_token[0].id
      file     = google_secret_manager_secret.astra_bundle[0].id
    } : {},
    var.results == "cassandra" ? { password = "projects/${var.project}/secrets/${try(var.cassandra.password_secret, "")}" } : {},
    local.cassandra_with_ca ? { file = "projects/${var.project}/secrets/${var.cassandra.ca_secret}" } : {},
  )
}

# --- Astra DB ---

resource "astra_database" "results" {
  count = local.with_astra ? 1 : 0

  name                = var.name
  cloud_provider      = "gcp"
  regions             = [var.astra_region]
  keyspace            = local.astra_keyspace
  deletion_protection = var.deletion_protection
}

locals {
  # Drivers read the system keyspaces to find the nodes and the tables.
  astra_tables = [
    for each in astra_database.results : [
      for keyspace in [local.astra_keyspace, "system", "system_schema", "system_virtual_schema"] :
      "drn:astra:org:${each.organization_id}:db:${each.id}:keyspace:${keyspace}:table:*"
    ]
  ]
  astra_keyspaces = [
    for each in astra_database.results : [
      "drn:astra:org:${each.organization_id}:db:${each.id}",
      "drn:astra:org:${each.organization_id}:db:${each.id}:keyspace:${local.astra_keyspace}",
    ]
  ]
}

# Reads and writes rows of the keyspace, and nothing else.
resource "astra_role" "function" {
  count = local.with_astra ? 1 : 0

  role_name   = "${var.name}-function"
  description = "Reads and writes the rows of keyspace ${local.astra_keyspace}"
  effect      = "allow"
  resources   = concat(local.astra_keyspaces[0], local.astra_tables[0])
  policy      = ["db-cql", "db-keyspace-describe", "db-table-describe", "db-table-modify", "db-table-select"]
}

resource "astra_token" "function" {
  count = local.with_astra ? 1 : 0

  roles = [astra_role.function[0].role_id]
}

# The migrations' job alone may create and alter tables.
resource "astra_role" "migrate" {
  count = local.with_astra ? 1 : 0

  role_name   = "${var.name}-migrate"
  description = "Creates and alters the tables of keyspace ${local.astra_keyspace}"
  effect      = "allow"
  resources   = concat(local.astra_keyspaces[0], local.astra_tables[0])
  policy = [
    "db-cql", "db-keyspace-describe", "db-table-alter", "db-table-create", "db-table-describe",
    "db-table-modify", "db-table-select",
  ]
}

resource "astra_token" "migrate" {
  count = local.with_astra ? 1 : 0

  roles = [astra_role.migrate[0].role_id]
}

data "astra_secure_connect_bundle_url" "results" {
  count = local.with_astra ? 1 : 0

  database_id = astra_database.results[0].id
}

# The bundle holds a private key: it goes from Astra to Secret Manager and never into the state. Its
# address lives five minutes, and is read afresh in the apply that creates the database.
resource "terraform_data" "astra_bundle" {
  count = local.with_astra ? 1 : 0

  triggers_replace = [astra_database.results[0].id]

  provisioner "local-exec" {
    command = "bash ${path.module}/store_bundle.sh"
    environment = {
      BUNDLE_URL = data.astra_secure_connect_bundle_url.results[0].secure_bundles[0].url
      PROJECT    = var.project
      SECRET     = google_secret_manager_secret.astra_bundle[0].secret_id
    }
  }
}

# --- secrets ---

resource "google_secret_manager_secret" "astra_bundle" {
  count = local.with_astra ? 1 : 0

  secret_id = "${var.name}-astra-bundle"
  replication {
    auto {}
  }

  depends_on = [google_project_service.api]
}

resource "google_secret_manager_secret" "astra_token" {
  count = local.with_astra ? 1 : 0

  secret_id = "${var.name}-astra-token"
  replication {
    auto {}
  }

  depends_on = [google_project_service.api]
}

resource "google_secret_manager_secret_version" "astra_token" {
  count = local.with_astra ? 1 : 0

  secret      = google_secret_manager_secret.astra_token[0].id
  secret_data = astra_token.function[0].token
}

resource "google_secret_manager_secret" "astra_migrate_token" {
  count = local.with_astra ? 1 : 0

  secret_id = "${var.name}-astra-migrate-token"
  replication {
    auto {}
  }

  depends_on = [google_project_service.api]
}

resource "google_secret_manager_secret_version" "astra_migrate_token" {
  count = local.with_astra ? 1 : 0

  secret      = google_secret_manager_secret.astra_migrate_token[0].id
  secret_data = astra_token.migrate[0].token
}
