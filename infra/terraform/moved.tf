# Addresses of earlier versions. Without these lines an apply would delete a secret, or the page's
# public access, after it had made it anew. They can go once every deployment has applied them.
moved {
  from = google_storage_bucket_iam_member.page_public
  to   = google_storage_bucket_iam_member.page_readers["allUsers"]
}

moved {
  from = google_secret_manager_secret.astra_bundle[0]
  to   = google_secret_manager_secret.astra["bundle"]
}

moved {
  from = google_secret_manager_secret.astra_token[0]
  to   = google_secret_manager_secret.astra["function"]
}

moved {
  from = google_secret_manager_secret.astra_migrate_token[0]
  to   = google_secret_manager_secret.astra["migrate"]
}

moved {
  from = google_secret_manager_secret_version.astra_token[0]
  to   = google_secret_manager_secret_version.astra["function"]
}

moved {
  from = google_secret_manager_secret_version.astra_migrate_token[0]
  to   = google_secret_manager_secret_version.astra["migrate"]
}

moved {
  from = astra_role.function[0]
  to   = astra_role.astra["function"]
}

moved {
  from = astra_role.migrate[0]
  to   = astra_role.astra["migrate"]
}

moved {
  from = astra_token.function[0]
  to   = astra_token.astra["function"]
}

moved {
  from = astra_token.migrate[0]
  to   = astra_token.astra["migrate"]
}

moved {
  from = google_billing_account_iam_member.plan[0]
  to   = google_billing_account_iam_member.ci["plan"]
}

moved {
  from = google_billing_account_iam_member.apply[0]
  to   = google_billing_account_iam_member.ci["apply"]
}

moved {
  from = google_storage_bucket_object.release_index
  to   = google_storage_bucket_object.release_optional["index"]
}
