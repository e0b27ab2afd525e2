#!/bin/bash
/etc/eks/bootstrap.sh ${cluster_name} --apiserver-endpoint ${cluster_endpoint} ${bootstrap_extra_args}
