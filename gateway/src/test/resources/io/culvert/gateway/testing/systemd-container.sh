# Becomes the systemd of a container: its own file systems, processes, network and cgroups; nothing of the host is written.
# Started by SystemdContainer in fresh namespaces. $1: an empty directory; $2: the JDK; $3: the checkout.
set -euo pipefail
root=$1 jdk=$2 checkout=$3

mount -t tmpfs -o mode=755 tmpfs "$root"
cd "$root"
mkdir -p usr etc var/log/journal run proc sys dev tmp root home opt/culvert/gateway/target srv .changes/usr .work/usr .host
for link in bin sbin lib lib32 lib64 libx32; do
  [ ! -L "/$link" ] || ln -s "$(readlink "/$link")" "$link"
done

# The host's programs under a layer of our own, its /etc without its units, and nothing else of it.
mount -t overlay overlay -o lowerdir=/usr,upperdir="$root/.changes/usr",workdir="$root/.work/usr" usr
cp -a /etc/. etc/
rm -rf etc/systemd/system etc/sysusers.d/culvert.conf etc/tmpfiles.d/culvert.conf etc/culvert etc/resolv.conf etc/fstab
mkdir -p etc/systemd/system
: >etc/fstab
echo culvert-it >etc/hostname
printf '127.0.0.1 localhost culvert-it\n' >etc/hosts
tr -d - </proc/sys/kernel/random/uuid >etc/machine-id
case $jdk in
  /usr/*) ;;
  *) mkdir -p usr/lib/jvm/of-the-test && mount --bind "$jdk" usr/lib/jvm/of-the-test ;;
esac
cp -a "$checkout/culvert" "$checkout/systemd" opt/culvert/
cp -a "$checkout"/gateway/target/{gateway.jar,lib} opt/culvert/gateway/target/
: >opt/culvert/gateway/target/launcher.ready

# The kernel's settings are the host's.
mkdir -p usr/local/sbin
for name in sysctl modprobe; do
  printf '#!/bin/sh\n' >"usr/local/sbin/$name"
  chmod 755 "usr/local/sbin/$name"
done

mount -t proc -o nosuid,nodev,noexec proc proc
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs sys
mount -t cgroup2 -o nosuid,nodev,noexec cgroup2 sys/fs/cgroup
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t tmpfs -o mode=755,nosuid tmpfs dev
for device in null zero full random urandom tty; do
  : >"dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/pts dev/shm
mount -t devpts -o newinstance,ptmxmode=0666,mode=620,gid=5 devpts dev/pts
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
ln -s fd/0 dev/stdin
ln -s fd/1 dev/stdout
ln -s fd/2 dev/stderr
mount -t tmpfs -o mode=755,nosuid,nodev tmpfs run
# As hardened hosts have it: the gateway unpacks native libraries, which must not depend on this.
mount -t tmpfs -o mode=1777,nosuid,nodev,noexec tmpfs tmp

pivot_root . .host
umount -l /.host
ip link set lo up
hostname culvert-it
exec env -i container=culvert-it PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 \
  /lib/systemd/systemd --system --log-target=journal --unit=multi-user.target </dev/null
