namespace ManyHands.Advisor.Rules;

/// <summary>Work that ends its process.</summary>
internal sealed class CrashRule : IAdviceRule
{
    public Finding? Look(Advice advice) => advice.Measurement.Crash is { } crash
        ? new Finding("crash", $"A run ended its process: {crash} On threads that would end the application; a worker process that ends costs one task, and is replaced.")
        : null;
}
