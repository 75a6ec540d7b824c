// Git hosts' webhooks: whether a push notice is really from the host (GitHub, Gitea, Forgejo, GitLab).
import { sameSecret } from '../model/token.ts';

/**
 * Whether one of the host's headers proves knowledge of the secret: GitHub and Gitea sign the raw body
 * (`digest`: its HMAC-SHA-256 in hex), GitLab sends the secret itself. Compared in constant time.
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
