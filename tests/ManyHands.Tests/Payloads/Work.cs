namespace ManyHands.Tests.Payloads;

/// <summary>Work of every kind.</summary>
internal static class Work
{
    public static void Act(int x) => _ = x;

    public static void ActWithToken(int x, CancellationToken token) => _ = (x, token);

    public static string Calculate(int x) => $"{x}";

    public static string CalculateWithToken(int x, CancellationToken token) => $"{x}{token.IsCancellationRequested}";

    public static Task Wait(int x) => Task.FromResult(x);

    public static Task WaitWithToken(int x, CancellationToken token) => Task.FromResult((x, token));

    public static Task<string> Fetch(int x) => Task.FromResult($"{x}");

    public static Task<string> FetchWithToken(int x, CancellationToken token) => Task.FromResult($"{x}{token.CanBeCanceled}");

    public static string Describe<T>(T value) => $"{typeof(T).Name} {value}";

    public static string ObjectToText(object value) => $"{value}";

    public static string Repeated(this string text, int times) => string.Concat(Enumerable.Repeat(text, times));
}

internal static class Box<TOuter>
{
    public static Func<string, string> Lambda<TMethod>() => static text => $"{typeof(TOuter).Name} {typeof(TMethod).Name} {text}";

    internal static class Nested<TInner>
    {
        public static string Name<TMethod>(string text) => $"{typeof(TOuter).Name} {typeof(TInner).Name} {typeof(TMethod).Name} {text}";
    }
}
