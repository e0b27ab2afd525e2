#!/bin/bash
/etc/eks/bootstrap.sh main ${arguments}
