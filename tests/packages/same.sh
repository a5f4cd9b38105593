# shellcheck shell=bash
# SPDX-License-Identifier: Apache-2.0
#
# same.sh - two builds of one commit, in two folders, at two times, give the same bytes

# The work tree's files need not be committed: they are made a commit that no branch has.
same_commit() {
	local index=$scratch/index
	cp "$(git -C "$source" rev-parse --absolute-git-dir)/index" "$index"
	GIT_INDEX_FILE=$index git -C "$source" add -A
	GIT_AUTHOR_DATE='1795838472 +0000' GIT_COMMITTER_DATE='1795838472 +0000' \
		GIT_AUTHOR_NAME=packages GIT_AUTHOR_EMAIL=packages \
		GIT_COMMITTER_NAME=packages GIT_COMMITTER_EMAIL=packages \
		git -C "$source" commit-tree -m packages \
		"$(GIT_INDEX_FILE=$index git -C "$source" write-tree)"
}

# same_built NAME: the folders that things are built in have other names and lengths.
same_built() {
	mkdir -p "$scratch/$1"
	TMPDIR=$scratch/$1 UNFLUSHED_RELEASE=${UNFLUSHED_RELEASE:-deb} \
		"$source/tools/package/release" "$scratch/$1/dist" "$commit"
}

same_bytes() {
	cat "$scratch/a/dist/SHA256SUMS" &&
		(cd "$scratch/another-folder/dist" && sha256sum --strict -c \
			"$scratch/a/dist/SHA256SUMS") &&
		cmp "$scratch"/{a,another-folder}/dist/SHA256SUMS
}

# No folder that it was built in is named in what is installed.
same_no_folder() {
	local deb
	for deb in "$scratch"/a/dist/*.deb; do dpkg-deb -x "$deb" "$scratch/unpacked"; done
	! grep -rl "$scratch" "$scratch/unpacked/usr"
}

# The archive has no git, and the packages built of it say its commit all the same.
same_commit_said() {
	"$scratch/unpacked/usr/bin/unflushed" --version > "$scratch/version" &&
		cat "$scratch/version" && grep -qx "commit  $commit" "$scratch/version"
}

same() {
	local commit
	commit=$(same_commit)
	row "tools/package/release" same_built a
	row "once more, in a folder of another name" same_built another-folder
	row "the same bytes" same_bytes
	row "no folder of the build is in the packages" same_no_folder
	row "the program says the commit that it was built from" same_commit_said
}
