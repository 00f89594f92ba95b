# What the variables must fulfil beyond a pattern: ranges, schedules, and what one needs of another.
# terraform_data.ready refuses a plan that breaks any of it, with one line for each.
locals {
  # variable = [value, least, most]
  whole_numbers = {
    concurrency           = [var.concurrency, 1, 1000]
    max_instances         = [var.max_instances, 1, 100]
    min_instances         = [var.min_instances, 0, var.max_instances]
    model_refresh_seconds = [var.model_refresh_seconds, 0, 86400]
    monthly_budget        = [var.monthly_budget, 1, 1000000000]
    propagation_seconds   = [var.propagation_seconds, 0, 600]
    rate_per_address      = [var.rate_per_address, 0, 1000000000]
    rate_per_session      = [var.rate_per_session, 0, 1000000000]
    requests_per_minute   = [var.requests_per_minute, 1, 10000]
    results_ttl_days      = [var.results_ttl_days, 1, 3650]
  }

  # An empty line leaves the schedule out, where it may.
  schedules = merge(
    { replay_schedule = var.replay_schedule },
    { for name, line in { drift_schedule = var.drift_schedule, trainer_schedule = var.trainer_schedule } : name => line if line != "" },
  )

  # Addresses that only a VPC network routes.
  private_hosts = [
    for host in try(var.cassandra.hosts, []) : host
    if can(regex("^(10|192\\.168|172\\.(1[6-9]|2[0-9]|3[01]))\\.", host))
  ]

  refused = concat(
    [
      for name, range in local.whole_numbers :
      "${name}: expected a whole number from ${range[1]} to ${range[2]}, got ${range[0]}."
      if range[0] < range[1] || range[0] > range[2] || floor(range[0]) != range[0]
    ],
    [
      for name, line in local.schedules :
      "${name}: expected five cron fields such as \"*/30 * * * *\", got \"${line}\"."
      if length(split(" ", line)) != 5
    ],
    var.results == "cassandra" && var.cassandra == null ? [
      "cassandra: expected the cluster's hosts, user and password_secret with results = \"cassandra\", got nothing; terraform.tfvars.example shows how.",
    ] : [],
    var.results == "cassandra" && length(local.private_hosts) > 0 && !local.with_network ? [
      "network: expected the VPC network that reaches ${join(", ", local.private_hosts)}, got nothing; set network or subnetwork.",
    ] : [],
    local.with_ci && var.state_bucket == "" ? [
      "state_bucket: expected the state's bucket with github_repository, got nothing.",
    ] : [],
  )
}
