#!/bin/bash
%{ if enable_bootstrap_user_data ~}
B64=${cluster_auth_base64}
/etc/eks/bootstrap.sh ${cluster_name} --apiserver-endpoint ${cluster_endpoint} ${bootstrap_extra_args}
%{ endif ~}
${post_bootstrap_user_data}
