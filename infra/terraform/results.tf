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
    local.with_astra ? [local.astra_passwords["function"]] : [],
    var.results == "cassandra" ? [{ secret = try(var.cassandra.password_secret, ""), version = "latest" }] : [],
  )

  # Secrets that are files (none or one).
  results_files = concat(
    local.with_astra ? [{
      secret = google_secret_manager_secret.astra["bundle"].secret_id
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
      password = google_secret_manager_secret.astra["function"].id
      file     = google_secret_manager_secret.astra["bundle"].id
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
  astra_resources = flatten([
    for each in astra_database.results : concat(
      [
        "drn:astra:org:${each.organization_id}:db:${each.id}",
        "drn:astra:org:${each.organization_id}:db:${each.id}:keyspace:${local.astra_keyspace}",
      ],
      [
        for keyspace in [local.astra_keyspace, "system", "system_schema", "system_virtual_schema"] :
        "drn:astra:org:${each.organization_id}:db:${each.id}:keyspace:${keyspace}:table:*"
      ],
    )
  ])

  # Rows for the function, the replay and the trainer; the migrations' job alone alters tables.
  astra_row_policy = ["db-cql", "db-keyspace-describe", "db-table-describe", "db-table-modify", "db-table-select"]
  astra_roles = local.with_astra ? {
    function = {
      description = "Reads and writes the rows of keyspace ${local.astra_keyspace}"
      policy      = local.astra_row_policy
    }
    migrate = {
      description = "Creates and alters the tables of keyspace ${local.astra_keyspace}"
      policy      = sort(concat(local.astra_row_policy, ["db-table-alter", "db-table-create"]))
    }
  } : {}

  # The bundle holds a private key.
  astra_secrets = local.with_astra ? {
    bundle   = "${var.name}-astra-bundle"
    function = "${var.name}-astra-token"
    migrate  = "${var.name}-astra-migrate-token"
  } : {}
  astra_passwords = {
    for name, each in google_secret_manager_secret_version.astra :
    name => { secret = google_secret_manager_secret.astra[name].secret_id, version = each.version }
  }
}

resource "astra_role" "astra" {
  for_each = local.astra_roles

  role_name   = "${var.name}-${each.key}"
  description = each.value.description
  effect      = "allow"
  resources   = local.astra_resources
  policy      = each.value.policy
}

resource "astra_token" "astra" {
  for_each = local.astra_roles

  roles = [astra_role.astra[each.key].role_id]
}

resource "google_secret_manager_secret" "astra" {
  for_each = local.astra_secrets

  secret_id = each.value
  replication {
    auto {}
  }

  depends_on = [terraform_data.ready]
}

resource "google_secret_manager_secret_version" "astra" {
  for_each = local.astra_roles

  secret      = google_secret_manager_secret.astra[each.key].id
  secret_data = astra_token.astra[each.key].token
}

data "astra_secure_connect_bundle_url" "results" {
  count = local.with_astra ? 1 : 0

  database_id = astra_database.results[0].id
}

# The bundle goes from Astra to Secret Manager and never into the state. Its address lives five
# minutes, and is read afresh in the apply that creates the database.
resource "terraform_data" "astra_bundle" {
  count = local.with_astra ? 1 : 0

  triggers_replace = [astra_database.results[0].id]

  provisioner "local-exec" {
    command = "bash ${path.module}/store_bundle.sh"
    environment = {
      BUNDLE_URL = data.astra_secure_connect_bundle_url.results[0].secure_bundles[0].url
      PROJECT    = var.project
      SECRET     = google_secret_manager_secret.astra["bundle"].secret_id
    }
  }
}
