// Webhooks of git hosts: whether one is really from the host (GitHub, Gitea, Forgejo, GitLab).
import { sameSecret } from '../model/token.ts';

/**
 * Whether a header proves the secret: GitHub and Gitea sign the raw body, GitLab sends the secret. Compared in constant
 * time.
 * @param digest HMAC-SHA-256 of the raw body, hex.
 */
export function isFromGitHost(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  digest: string,
  secret: string,
): boolean {
  const header = (name: string) => (typeof headers[name] === 'string' ? (headers[name] as string) : '');
  const github = header('x-hub-signature-256');
  const gitea = header('x-gitea-signature') || header('x-forgejo-signature') || header('x-gogs-signature');
  const gitlab = header('x-gitlab-token');
  return (
    (github !== '' && sameSecret(github, `sha256=${digest}`)) ||
    (gitea !== '' && sameSecret(gitea, digest)) ||
    (gitlab !== '' && sameSecret(gitlab, secret))
  );
}
