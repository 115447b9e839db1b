namespace ManyHands.Advisor.Rules;

/// <summary>Workers that would not fit into memory if there were as many as cores.</summary>
internal sealed class MemoryRule : IAdviceRule
{
    public Finding? Look(Advice advice)
    {
        Measurement work = advice.Measurement;
        long each = CostModel.BytesPerWorker(work, advice.Kind);
        double all = (double)each * advice.Machine.Cores;
        if (CostModel.FittingWorkers(work, advice.Machine, advice.Kind) >= Math.Min(advice.Machine.Cores, work.Tasks ?? int.MaxValue))
            return null;
        return new Finding(
            "memory-would-not-fit",
            $"A worker for each of the {advice.Machine.Cores} cores would take {Quantity.Bytes(all)}, {Quantity.Bytes(each)} each, and {Quantity.Bytes(advice.Machine.FreeBytes)} "
            + "are free. Fewer workers, smaller tasks, or data in shared memory; ProcessExecutorOptions.MemoryLimit makes a task that takes too much fail by name.");
    }
}
