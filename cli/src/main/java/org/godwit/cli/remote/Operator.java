package org.godwit.cli.remote;

import com.jcraft.jsch.UIKeyboardInteractive;
import com.jcraft.jsch.UserInfo;
import java.util.Optional;

/** Whom JSch asks. What the host has to say before it knows us is not shown: anybody may be speaking. */
final class Operator implements UserInfo, UIKeyboardInteractive {

    private final Login login;
    private final Questions questions;
    private String secret;

    Operator(Login login, Questions questions) {
        this.login = login;
        this.questions = questions;
    }

    @Override
    public boolean promptPassphrase(String message) {
        return ask("Passphrase of your key: ");
    }

    @Override
    public boolean promptPassword(String message) {
        return ask("Password of " + login + ": ");
    }

    private boolean ask(String question) {
        secret = questions.secret(question).map(String::new).orElse(null);
        return secret != null;
    }

    @Override
    public String getPassphrase() {
        return secret;
    }

    @Override
    public String getPassword() {
        return secret;
    }

    @Override
    public String[] promptKeyboardInteractive(String destination, String name, String instruction, String[] prompts,
            boolean[] shown) {
        String[] answers = new String[prompts.length];
        for (int i = 0; i < prompts.length; i++) {
            Optional<char[]> answer = questions.secret("Password of " + login + ": ");
            if (answer.isEmpty()) {
                return null;
            }
            answers[i] = new String(answer.get());
        }
        return answers;
    }

    /** Host keys are not this one's business. */
    @Override
    public boolean promptYesNo(String message) {
        return false;
    }

    @Override
    public void showMessage(String message) {
        // see above
    }
}
