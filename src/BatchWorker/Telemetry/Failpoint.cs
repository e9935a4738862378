namespace BatchWorker.Telemetry;

/// <summary>
/// Moments in the life of a batch at which a test can hold the process, to kill, end or stop it there. Said of each is what is written down by then.
/// F20, a store that went back in time, is no moment of this process.
/// </summary>
internal enum Failpoint
{
    /// <summary>Jobs are in the manifest of a batch that is not sealed.</summary>
    F1 = 1,

    /// <summary>The manifest is sealed; its drain has not ended.</summary>
    F2 = 2,

    /// <summary>A part of the input file is on the disk, nothing of it in the ledger.</summary>
    F3 = 3,

    /// <summary>The upload is intended; no byte of it was sent.</summary>
    F4 = 4,

    /// <summary>The upload is under way.</summary>
    F5 = 5,

    /// <summary>The provider has the file, the ledger not its id.</summary>
    F6 = 6,

    /// <summary>The create call is intended and in the journal; nothing of it was sent, and the last look at the lease is to come.</summary>
    F7 = 7,

    /// <summary>The create call is under way.</summary>
    F8 = 8,

    /// <summary>The create call was answered; the ledger does not know it.</summary>
    F9 = 9,

    /// <summary>The batch is submitted; its input file is still on the disk.</summary>
    F10 = 10,

    /// <summary>The provider was asked for a submitted batch; the ledger does not know the answer.</summary>
    F11 = 11,

    /// <summary>The provider said that the batch failed as a whole; the ledger does not know it.</summary>
    F12 = 12,

    /// <summary>What was answered is settled, the jobs without an answer are not.</summary>
    F13 = 13,

    /// <summary>The answers are being read; nothing of them is stored.</summary>
    F14 = 14,

    /// <summary>Answers are in the segment and on the disk, nothing of them is settled.</summary>
    F15 = 15,

    /// <summary>A group of answers is settled, others may not be.</summary>
    F16 = 16,

    /// <summary>Every job of the batch has its outcome; the batch has not ended.</summary>
    F17 = 17,

    /// <summary>The batch has ended; the provider's copies are still there.</summary>
    F18 = 18,

    /// <summary>The receiver of a callback has answered; the ledger does not know it.</summary>
    F19 = 19,
}
