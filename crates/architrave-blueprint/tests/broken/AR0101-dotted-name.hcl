workload.tenants = 400
