namespace ManyHands.Cli.Git;

/// <summary>How a remote is reached.</summary>
internal enum Transport
{
    Local,
    Git,
    Http,
    Ssh,
}

/// <summary>The server behind a remote, and how many connections it is asked for at a time.</summary>
/// <param name="Transport">How it is reached.</param>
/// <param name="Host">Name and port, or "" for this machine.</param>
internal sealed record RemoteAddress(Transport Transport, string Host)
{
    /// <summary>
    /// Connections at a time. A default sshd begins to refuse at ten unauthenticated ones (MaxStartups 10:30:100); web servers queue;
    /// a local remote is read by our own processors.
    /// </summary>
    public int Limit => Transport switch
    {
        Transport.Ssh => 8,
        Transport.Http => 16,
        Transport.Local => Math.Max(2, Environment.ProcessorCount),
        _ => int.MaxValue,
    };

    public static RemoteAddress Parse(string? url)
    {
        if (string.IsNullOrEmpty(url))
            return new RemoteAddress(Transport.Local, "");

        int scheme = url.IndexOf("://", StringComparison.Ordinal);
        if (scheme >= 0)
        {
            string host = HostOf(url[(scheme + 3)..]);
            return url[..scheme] switch
            {
                "ssh" or "git+ssh" or "ssh+git" => new RemoteAddress(Transport.Ssh, host),
                "git" => new RemoteAddress(Transport.Git, host),
                "file" => new RemoteAddress(Transport.Local, ""),
                _ => new RemoteAddress(Transport.Http, host),
            };
        }

        // user@host:path, but not /path:with:colon and not C:\path.
        int colon = url.IndexOf(':', StringComparison.Ordinal);
        int slash = url.IndexOfAny(['/', '\\']);
        return colon > 1 && (slash < 0 || colon < slash)
            ? new RemoteAddress(Transport.Ssh, HostOf(url[..colon]))
            : new RemoteAddress(Transport.Local, "");
    }

    private static string HostOf(string rest)
    {
        string authority = rest.Split('/')[0];
        return authority[(authority.LastIndexOf('@') + 1)..].ToLowerInvariant();
    }
}
