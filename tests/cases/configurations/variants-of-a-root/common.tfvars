max_pods = 58 # expect: PR101
